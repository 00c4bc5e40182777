/// One point-in-time snapshot of an EtcdCluster, uploaded to an object store.
package struct EtcdBackup: KubernetesResource, Hashable {
    package static let apiVersion = "operator.etcd.io/v1alpha1"
    package static let kind = "EtcdBackup"
    package static let plural = "etcdbackups"

    package var apiVersion: String? = Self.apiVersion
    package var kind: String? = Self.kind
    package var metadata: ObjectMeta
    package var spec: Spec?
    package var status: Status?

    package struct Spec: Codable, Hashable, Sendable {
        package var clusterRef: String?
        package var destination: Destination?
        /// A Go duration.
        package var snapshotTimeout: String?
        package var retention: Retention?
        /// What becomes of the snapshot when this object is deleted. Absent: it stays.
        package var deletionPolicy: DeletionPolicy?

        package init(
            clusterRef: String? = nil, destination: Destination? = nil, snapshotTimeout: String? = nil,
            retention: Retention? = nil, deletionPolicy: DeletionPolicy? = nil
        ) {
            self.clusterRef = clusterRef
            self.destination = destination
            self.snapshotTimeout = snapshotTimeout
            self.retention = retention
            self.deletionPolicy = deletionPolicy
        }
    }

    package struct Retention: Codable, Hashable, Sendable {
        /// Snapshots of this cluster to keep under the prefix; 0 keeps all.
        package var retainCount: Int32?
        package init(retainCount: Int32? = nil) { self.retainCount = retainCount }
    }

    /// A word from a manifest, so any spelling decodes and a rule decides.
    package struct DeletionPolicy: RawRepresentable, Codable, Hashable, Sendable {
        package var rawValue: String
        package init(rawValue: String) { self.rawValue = rawValue }

        package static let retain = Self(rawValue: "Retain")
        package static let delete = Self(rawValue: "Delete")
        package static let all = [retain, delete]
    }

    package struct Status: Codable, Hashable, Sendable {
        package var observedGeneration: Int64?
        package var phase: Phase?
        package var startTime: Timestamp?
        package var completionTime: Timestamp?
        /// `s3://bucket/key` or `gs://bucket/key`.
        package var snapshotLocation: String?
        package var snapshotSizeBytes: Int64?
        package var snapshot: Snapshot?
        package var conditions: [Condition]?

        package init(phase: Phase? = nil) { self.phase = phase }
    }

    /// What was read from the bytes that were uploaded. A field that was not measured is absent.
    package struct Snapshot: Codable, Hashable, Sendable {
        /// Eight hexadecimal digits, as etcd prints it.
        package var hash: String?
        package var revision: Int64?
        package var totalKeys: Int64?
        package var totalSize: Int64?
        package var sha256: String?
        package var etcdVersion: String?
        package var memberName: String?
        /// Hexadecimal, as etcd prints member IDs: they exceed what JSON numbers keep.
        package var memberID: String?
        /// HashKV at `revision`.
        package var keyspaceHash: Int64?
        package var compactRevision: Int64?

        package init(etcdVersion: String? = nil) { self.etcdVersion = etcdVersion }
    }

    /// `Completed` and `Failed` are terminal.
    package struct Phase: RawRepresentable, Codable, Hashable, Sendable {
        package var rawValue: String
        package init(rawValue: String) { self.rawValue = rawValue }

        package static let pending = Self(rawValue: "Pending")
        package static let snapshotting = Self(rawValue: "Snapshotting")
        package static let uploading = Self(rawValue: "Uploading")
        package static let completed = Self(rawValue: "Completed")
        package static let failed = Self(rawValue: "Failed")
        package static let all = [pending, snapshotting, uploading, completed, failed]

        package var isTerminal: Bool { self == .completed || self == .failed }
    }

    package init(metadata: ObjectMeta, spec: Spec? = nil, status: Status? = nil) {
        self.metadata = metadata
        self.spec = spec
        self.status = status
    }
}
