import FoundationEssentials

/// What the init container of a member's pod is told to lay there, in one variable of its environment.
package struct RestoreOrder: Codable, Hashable, Sendable {
    /// The restore or recovery that ordered it. Its like is recorded in the data: the same one is never carried out twice.
    package struct Record: Codable, Hashable, Sendable {
        package var namespace: String
        package var name: String
        package var uid: String
        /// Of a recovery, which attempt it is: each lays anew.
        package var generation: Int64

        package init(namespace: String, name: String, uid: String, generation: Int64) {
            self.namespace = namespace
            self.name = name
            self.uid = uid
            self.generation = generation
        }
    }

    package var restore: Record
    /// The prefix does not matter: `key` is whole.
    package var destination: Destination
    /// In the bucket.
    package var key: String
    /// Of all the object's bytes, in hexadecimal; nil where nobody has recorded it.
    package var sha256: String?
    /// The newest in the snapshot; nil where nobody has recorded it.
    package var revision: Int64?
    package var skipHashCheck: Bool
    /// 0 for none.
    package var revisionBump: Int64
    /// Of the etcd that is to start, as `3.5.21`; nil where it is not known.
    package var version: String?
    /// A Go duration, for everything together.
    package var timeout: String
    /// Where volumes are mounted that etcd has too.
    package var mountPaths: [String]
    /// What a recovery adds to that; nil for a restore into an empty cluster.
    package var recovery: RecoveryOrder?
    /// In place of the destination: who has the snapshot under that key.
    package var rescue: EtcdRecovery.RescueServer?
    /// In seconds since 1970: from then on nothing is laid any more. A pod outlives its restore and runs its init containers
    /// again when its node does; should its volume be empty by then, the old snapshot must not come back. Nil: never.
    package var expires: Int64?

    package init(
        restore: Record, destination: Destination, key: String, sha256: String? = nil, revision: Int64? = nil,
        skipHashCheck: Bool = false, revisionBump: Int64 = 0, version: String? = nil, timeout: String = "10m",
        mountPaths: [String] = [], recovery: RecoveryOrder? = nil, rescue: EtcdRecovery.RescueServer? = nil,
        expires: Int64? = nil
    ) {
        self.restore = restore
        self.destination = destination
        self.key = key
        self.sha256 = sha256
        self.revision = revision
        self.skipHashCheck = skipHashCheck
        self.revisionBump = revisionBump
        self.version = version
        self.timeout = timeout
        self.mountPaths = mountPaths
        self.recovery = recovery
        self.rescue = rescue
        self.expires = expires
    }

    /// One line, the same for the same order.
    package var json: String {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            return String(decoding: try encoder.encode(self), as: UTF8.self)
        }
    }

    package init(json: String) throws {
        self = try JSONDecoder().decode(Self.self, from: Data(json.utf8))
    }
}

/// How a recovery differs from a restore: the members have data, which are moved aside and never deleted.
package struct RecoveryOrder: Codable, Hashable, Sendable {
    /// Every member is laid, as part of the whole cluster that its own `--initial-cluster` names; else the first alone,
    /// as a cluster of its own that the others join.
    package var laysAllMembers: Bool
    /// The first member's own database is the source, and not an object: its etcd does not run any more.
    package var takesOwnDatabase: Bool
    /// Nothing is laid. In a pod of its own beside the member: its database is put into the store under the order's key.
    package var savesDatabase: Bool?
    /// The cluster takes writes again: a member that has lost what was laid since must not come back with the old copy.
    package var isRebuilt: Bool?

    package init(
        laysAllMembers: Bool = false, takesOwnDatabase: Bool = false, savesDatabase: Bool? = nil, isRebuilt: Bool? = nil
    ) {
        self.laysAllMembers = laysAllMembers
        self.takesOwnDatabase = takesOwnDatabase
        self.savesDatabase = savesDatabase
        self.isRebuilt = isRebuilt
    }
}

extension RestoreOrder {
    /// Whether the member of this ordinal is laid. The others join what is.
    package func lays(_ ordinal: Int) -> Bool { !saves && (ordinal == 0 || recovery?.laysAllMembers == true) }

    /// Whether that member's data come from the store.
    package func downloads(at ordinal: Int) -> Bool { lays(ordinal) && recovery?.takesOwnDatabase != true }

    /// Whether that member's data are put into the store, and nothing of them is changed.
    package var saves: Bool { recovery?.savesDatabase == true }

    /// The object that ordered it, as people know it: `EtcdRestore prod/back`.
    package var owner: String {
        "\(recovery == nil ? EtcdRestore.kind : EtcdRecovery.kind) \(restore.namespace)/\(restore.name)"
    }
}

/// Variables of the init container that are ours.
package enum AgentVariable {
    package static let order = "ETCDRECOVER_ORDER"
    package static let podName = "ETCDRECOVER_POD_NAME"

    /// Keys of a destination's Secret by the variable that carries each.
    package static func credentials(
        for provider: Destination.Provider
    ) -> [(variable: String, key: String)] {
        switch provider {
        case .s3:
            [
                ("ETCDRECOVER_S3_ACCESS_KEY_ID", "accessKeyID"),
                ("ETCDRECOVER_S3_SECRET_ACCESS_KEY", "secretAccessKey"),
                ("ETCDRECOVER_S3_SESSION_TOKEN", "sessionToken"),
            ]
        case .gcs: [("ETCDRECOVER_GCS_SERVICE_ACCOUNT_JSON", "serviceAccountJSON")]
        default: []
        }
    }
}
