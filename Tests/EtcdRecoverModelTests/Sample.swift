@testable import EtcdRecoverModel

/// Manifests that no rule has anything to say about, in the world `World.prod`.
enum Sample {
    static let backup: JSONValue = [
        "apiVersion": "operator.etcd.io/v1alpha1", "kind": "EtcdBackup",
        "metadata": ["name": "nightly", "namespace": "prod"],
        "spec": [
            "clusterRef": "main",
            "destination": [
                "provider": "s3", "prefix": "backups", "secretRef": ["name": "s3"],
                "s3": ["bucket": "snapshots", "region": "eu-central-1"],
            ],
            "snapshotTimeout": "10m",
            "retention": ["retainCount": 7],
        ],
    ]

    static let restore: JSONValue = [
        "apiVersion": "operator.etcd.io/v1alpha1", "kind": "EtcdRestore",
        "metadata": ["name": "again", "namespace": "prod"],
        "spec": [
            "source": ["backupRef": ["name": "done"]],
            "target": [
                "name": "copy", "size": 3, "version": "v3.5.21",
                "storageSpec": ["volumeSizeRequest": "8Gi", "volumeSizeLimit": "16Gi"],
            ],
            "restoreTimeout": "10m",
        ],
    ]

    /// From a key in a bucket rather than from an EtcdBackup.
    static let located = restore.setting([
        "spec.source": [
            "location": [
                "key": "main/nightly-20260102T030405Z.db",
                "destination": [
                    "provider": "gcs", "prefix": "backups", "secretRef": ["name": "gcs"],
                    "gcs": ["bucket": "snapshots"],
                ],
            ]
        ]
    ])

    static let recovery: JSONValue = [
        "apiVersion": "operator.etcd.io/v1alpha1", "kind": "EtcdRecovery",
        "metadata": ["name": "rescue", "namespace": "prod"],
        "spec": [
            "clusterRef": "main", "approved": false, "gracePeriod": "60s", "recoveryTimeout": "30m",
            "destination": [
                "provider": "s3", "prefix": "backups", "secretRef": ["name": "s3"],
                "s3": ["bucket": "snapshots", "region": "eu-central-1"],
            ],
        ],
    ]
}

extension JSONValue {
    /// A copy with other values at some paths, given with dots. Null stands for absent.
    func setting(_ changes: KeyValuePairs<String, JSONValue>, below prefix: String = "") -> JSONValue {
        changes.reduce(self) { value, change in
            value.setting((prefix + change.key).split(separator: ".").map(String.init)[...], to: change.value)
        }
    }

    private func setting(_ path: ArraySlice<String>, to value: JSONValue) -> JSONValue {
        guard let first = path.first else { return value }
        var members: [String: JSONValue] = if case .object(let members) = self { members } else { [:] }
        members[first] = (members[first] ?? .object([:])).setting(path.dropFirst(), to: value)
        return .object(members)
    }
}
