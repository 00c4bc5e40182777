import Cryptography
import EtcdRecoverModel
import SnapshotFile

extension RestoreReport {
    /// Fields that do not apply are null, never absent.
    var json: JSONValue {
        let membership = restored.membership
        let inherited = restored.inherited
        return [
            "snapshot": .string(request.snapshot), "dataDir": .string(restored.dataDirectory),
            "walDir": .string(restored.walDirectory), "name": .string(membership.local.name),
            "memberID": .string("\(membership.local.id)"), "clusterID": .string("\(membership.clusterID)"),
            "revision": .int(restored.revision), "snapshotRevision": .int(restored.snapshotRevision),
            "totalSize": .int(Int64(restored.databaseSize)),
            "sha256": restored.sha256.map { .string($0.description) } ?? .null,
            "members": .array(
                membership.members.map { member in
                    [
                        "id": .string("\(member.id)"), "name": .string(member.name),
                        "peerURLs": .array(member.peerURLs.map { .string($0.description) }),
                    ]
                }),
            "inherited": [
                "liveKeys": .int(Int64(inherited.liveKeys)), "leasedKeys": .int(Int64(inherited.leasedKeys)),
                "encryptedKeys": .int(Int64(inherited.encryptedKeys)), "authEnabled": .bool(inherited.isAuthEnabled),
                "alarms": .array(
                    inherited.alarms.map { ["memberID": .string("\($0.member)"), "alarm": .string("\($0.kind)")] }),
                "storageVersion": inherited.storageVersion.map { .string($0) } ?? .null,
                "clusterVersion": inherited.clusterVersion.map { .string($0) } ?? .null,
                "missingEntries": inherited.missingEntries.map { .int(Int64(clamping: $0.count)) } ?? .null,
            ],
            "warnings": .array(restored.warnings.map { .string($0) }),
        ]
    }
}
