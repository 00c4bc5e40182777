/// A snapshot into a new, empty EtcdCluster.
package struct EtcdRestore: KubernetesResource, Hashable {
    package static let apiVersion = "operator.etcd.io/v1alpha1"
    package static let kind = "EtcdRestore"
    package static let plural = "etcdrestores"

    package var apiVersion: String? = Self.apiVersion
    package var kind: String? = Self.kind
    package var metadata: ObjectMeta
    package var spec: Spec?
    package var status: Status?

    package struct Spec: Codable, Hashable, Sendable {
        package var source: Source?
        package var target: Target?
        /// A Go duration.
        package var restoreTimeout: String?

        package init(source: Source? = nil, target: Target? = nil, restoreTimeout: String? = nil) {
            self.source = source
            self.target = target
            self.restoreTimeout = restoreTimeout
        }
    }

    /// Exactly one of `backupRef` and `location`.
    package struct Source: Codable, Hashable, Sendable {
        package var backupRef: LocalReference?
        package var location: Location?
        /// For a raw copy of `member/snap/db`, which carries no trailing hash.
        package var skipHashCheck: Bool?

        package init(
            backupRef: LocalReference? = nil, location: Location? = nil, skipHashCheck: Bool? = nil
        ) {
            self.backupRef = backupRef
            self.location = location
            self.skipHashCheck = skipHashCheck
        }
    }

    /// A snapshot that no EtcdBackup describes.
    package struct Location: Codable, Hashable, Sendable {
        package var destination: Destination?
        /// Relative to the destination's prefix.
        package var key: String?

        // By hand, as Destination's.
        package static func == (one: Self, other: Self) -> Bool {
            one.key.hasSameBytes(as: other.key) && one.destination == other.destination
        }

        package init(destination: Destination? = nil, key: String? = nil) {
            self.destination = destination
            self.key = key
        }
    }

    package struct Target: Codable, Hashable, Sendable {
        package var name: String?
        package var size: Int64?
        package var version: String?
        package var storageSpec: StorageSpec?
        package var revisionBump: Int64?

        package init(
            name: String? = nil, size: Int64? = nil, version: String? = nil, storageSpec: StorageSpec? = nil,
            revisionBump: Int64? = nil
        ) {
            self.name = name
            self.size = size
            self.version = version
            self.storageSpec = storageSpec
            self.revisionBump = revisionBump
        }
    }

    package struct Status: Codable, Hashable, Sendable {
        package var observedGeneration: Int64?
        package var phase: Phase?
        package var completionTime: Timestamp?
        package var snapshotLocation: String?
        package var restoredCluster: String?
        package var verification: Verification?
        package var conditions: [Condition]?

        package init(phase: Phase? = nil) { self.phase = phase }
    }

    /// Read back from the restored member over gRPC.
    package struct Verification: Codable, Hashable, Sendable {
        package var revision: Int64?
        package var totalKeys: Int64?
        package var keyspaceHash: Int64?
        package var matches: Bool?

        package init() {}
    }

    /// `Completed` and `Failed` are terminal.
    package struct Phase: RawRepresentable, Codable, Hashable, Sendable {
        package var rawValue: String
        package init(rawValue: String) { self.rawValue = rawValue }

        package static let pending = Self(rawValue: "Pending")
        package static let downloading = Self(rawValue: "Downloading")
        package static let restoring = Self(rawValue: "Restoring")
        package static let completed = Self(rawValue: "Completed")
        package static let failed = Self(rawValue: "Failed")
        package static let all = [pending, downloading, restoring, completed, failed]

        package var isTerminal: Bool { self == .completed || self == .failed }
    }

    package init(metadata: ObjectMeta, spec: Spec? = nil, status: Status? = nil) {
        self.metadata = metadata
        self.spec = spec
        self.status = status
    }
}
