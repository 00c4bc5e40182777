import EtcdRecoverModel
import TestSupport
import Testing

/// An EtcdCluster `main` with known keys, in a namespace where the operator's stand-in works, and a Secret `store` with the
/// key of the S3 server.
struct SourceCluster: Sendable {
    let installed: InstalledPods
    let kubectl: Kubectl
    let standIn: OperatorStandIn
    let keys: KnownKeys

    /// `spec` is YAML of the cluster's.
    static func start(
        _ kubectl: Kubectl, _ standIn: OperatorStandIn, annotations: [String: String] = [:], _ spec: String = "size: 1",
        voters: Int = 1
    ) async throws -> SourceCluster {
        let notes = annotations.map { "\"\($0.key)\": \"\($0.value)\"" }.joined(separator: ", ")
        try await kubectl.storeKey(TestStores.current.all)
        try await kubectl.apply(
            """
            apiVersion: operator.etcd.io/v1alpha1
            kind: EtcdCluster
            metadata: {name: main, annotations: {\(notes)}}
            spec: {\(spec), version: \(standIn.version), etcdOptions: [--unsafe-no-fsync]}
            """)
        try await standIn.wait(forVoters: voters, of: "main")
        let keys = try await KnownKeys.fill { try await standIn.etcdctl("main", 0, $0, input: $1) }
        return SourceCluster(installed: try .current, kubectl: kubectl, standIn: standIn, keys: keys)
    }

    /// Takes a backup of it to its end.
    @discardableResult
    func backUp(as name: String, to place: BackupPlace? = nil) async throws -> EtcdBackup {
        try await kubectl.apply((place ?? self.place(.s3)).backup(name, of: "main"))
        return try await kubectl.ended(name, expecting: .completed)
    }

    /// A place of this namespace alone. `secret` has the key of S3; the emulator of GCS asks for none.
    func place(_ store: BackupPlace.Store, secret: String = "store") -> BackupPlace {
        let prefix = kubectl.namespace ?? ""
        return switch store {
        case .s3: .s3(installed.s3Endpoint, prefix: prefix, secret: secret)
        case .gcs: .gcs(installed.gcsEndpoint, prefix: prefix)
        }
    }

    /// That a member of an EtcdCluster has the keys of this one, all of them with their values, and no others.
    func expectKeys(
        of cluster: String, member: Int = 0, isLocal: Bool = false, and more: [String] = [],
        at location: SourceLocation = #_sourceLocation
    ) async throws {
        var found = try await KnownKeys.read(isLocal: isLocal) {
            try await standIn.etcdctl(cluster, member, $0, input: $1)
        }
        for key in more {
            #expect(found.removeValue(forKey: key) != nil, "\(key) is missing", sourceLocation: location)
        }
        #expect(keys.differences(from: found) == [], "\(cluster)-\(member)", sourceLocation: location)
    }
}
