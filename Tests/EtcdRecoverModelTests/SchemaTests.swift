import FoundationEssentials
import Testing

@testable import EtcdRecoverModel

@Suite struct SchemaTests {
    @Test func everyFieldOfABackupIsInTheSchemaAndBack() throws {
        try compare(EtcdBackup.self, full: Full.backup)
    }

    @Test func everyFieldOfARestoreIsInTheSchemaAndBack() throws {
        try compare(EtcdRestore.self, full: Full.restore)
    }

    @Test func everyFieldOfARecoveryIsInTheSchemaAndBack() throws {
        try compare(EtcdRecovery.self, full: Full.recovery)
    }

    /// `full` has every field that the schema knows; what survives decoding and encoding is what the struct knows.
    private func compare<Resource: ManagedResource>(_ type: Resource.Type, full: JSONValue) throws {
        let object = try JSONDecoder().decode(type, from: Data(full.jsonBytes))
        let kept = try JSONDecoder().decode(JSONValue.self, from: JSONEncoder().encode(object))
        #expect(paths(kept) == paths(full))
        #expect(
            paths(full)
                == paths(.object(type.wholeSchema.fields.filter { $0.name != "metadata" })).union(
                    paths(full).filter { $0.hasPrefix("metadata") }))
        #expect(type.decode(full, unknownFields: .refuse).object == object)
    }

    private func paths(_ value: JSONValue, _ prefix: String = "") -> Set<String> {
        switch value {
        case .object(let members):
            members.reduce(into: []) { $0.formUnion(paths($1.value, prefix.isEmpty ? $1.key : "\(prefix).\($1.key)")) }
        case .array(let elements): elements.reduce(into: []) { $0.formUnion(paths($1, prefix + "[]")) }
        default: [prefix]
        }
    }

    private func paths(_ schema: Schema, _ prefix: String = "") -> Set<String> {
        switch schema {
        case .object(let fields):
            fields.reduce(into: []) {
                $0.formUnion(paths($1.schema, prefix.isEmpty ? $1.name : "\(prefix).\($1.name)"))
            }
        case .array(let element, _): paths(element, prefix + "[]")
        default: [prefix]
        }
    }
}

/// Values in every field.
private enum Full {
    private static let conditions: JSONValue = [
        [
            "type": "Succeeded", "status": "True", "observedGeneration": 1,
            "lastTransitionTime": "2026-01-02T03:04:05Z",
            "reason": "SnapshotUploaded", "message": "m",
        ]
    ]

    private static let destination: JSONValue = [
        "provider": "s3", "prefix": "p", "secretRef": ["name": "s"],
        "s3": ["bucket": "b", "region": "r", "endpoint": "e", "forcePathStyle": true],
        "gcs": ["bucket": "b", "endpoint": "e"],
    ]

    static let backup = Sample.backup.setting([
        "spec.destination": destination, "spec.deletionPolicy": "Delete",
        "status": [
            "observedGeneration": 1, "phase": "Completed", "startTime": "2026-01-02T03:04:05Z",
            "completionTime": "2026-01-02T03:04:05Z", "snapshotLocation": "s3://b/k", "snapshotSizeBytes": 1,
            "snapshot": [
                "hash": "h", "revision": 1, "totalKeys": 1, "totalSize": 1, "sha256": "s", "etcdVersion": "3.5.21",
                "memberName": "m", "memberID": "i", "keyspaceHash": 1, "compactRevision": 1,
            ],
            "conditions": conditions,
        ],
    ])

    static let restore = Sample.restore.setting([
        "spec.source": [
            "backupRef": ["name": "n"], "location": ["destination": destination, "key": "k"], "skipHashCheck": true,
        ],
        "spec.target.storageSpec": [
            "accessModes": "a", "storageClassName": "s", "pvcName": "p", "volumeSizeRequest": "1Gi",
            "volumeSizeLimit": "1Gi",
        ],
        "spec.target.revisionBump": 1,
        "status": [
            "observedGeneration": 1, "phase": "Completed", "completionTime": "2026-01-02T03:04:05Z",
            "snapshotLocation": "s3://b/k", "restoredCluster": "c",
            "verification": ["revision": 1, "totalKeys": 1, "keyspaceHash": 1, "matches": true],
            "conditions": conditions,
        ],
    ])

    static let recovery = Sample.recovery.setting([
        "spec.destination": destination, "spec.approvedDigest": "d", "spec.survivor": "main-0", "spec.aborted": true,
        "spec.acknowledged": true,
        "status": [
            "observedGeneration": 1, "phase": "Completed", "layout": "StatefulSet",
            "detectedTime": "2026-01-02T03:04:05Z", "lastTransitionTime": "2026-01-02T03:04:05Z",
            "completionTime": "2026-01-02T03:04:05Z", "message": "m", "attempts": 1, "laidAttempt": 1,
            "observed": [
                "digest": "d", "permanent": true, "reasons": ["r"],
                "members": [
                    [
                        "name": "main-0", "memberID": "i", "reachable": true, "learner": false,
                        "lastHeardTime": "2026-01-02T03:04:05Z", "revision": 1, "raftTerm": 1, "raftIndex": 1,
                        "pod": "Running", "volume": "Bound",
                    ]
                ],
            ],
            "approval": ["digest": "d", "time": "2026-01-02T03:04:05Z", "automatic": true],
            "survivor": [
                "name": "main-0", "ordinal": 0, "memberID": "i", "revision": 1, "raftTerm": 1, "raftIndex": 1,
                "fromVolume": true, "readInPlace": true,
            ],
            "destination": destination, "rescueServer": ["url": "https://r.ns.svc:8444", "caBundle": "c"],
            "stoppedTime": "2026-01-02T03:04:05Z",
            "rescueCopies": [
                [
                    "member": "main-0", "location": "s3://b/k", "sizeBytes": 1, "sha256": "s", "revision": 1,
                    "totalKeys": 1, "keyspaceHash": 1, "compactRevision": 1, "etcdVersion": "3.5.21",
                    "missingEntries": 1, "time": "2026-01-02T03:04:05Z",
                ]
            ],
            "verification": ["clusterID": "c", "members": 3, "revision": 1, "keyspaceHash": 1, "matches": true],
            "dataLoss": [
                "survivorMemberID": "i", "survivorRevision": 1, "raftIndex": 1,
                "recoveredTime": "2026-01-02T03:04:05Z", "message": "m",
            ],
            "conditions": conditions,
        ],
    ])
}
