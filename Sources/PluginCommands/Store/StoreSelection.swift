import ArgumentParser
import EtcdRecoverModel
import KubernetesClient
import ObjectStore

/// The folder of a store that a command is about: by its URI, or as an EtcdBackup has it for its destination.
struct StoreSelection: ParsableArguments {
    @Argument(
        help: ArgumentHelp("s3://BUCKET/PREFIX, gs://BUCKET/PREFIX or file:///DIRECTORY", valueName: "place"))
    var place: String?

    @Option(help: ArgumentHelp("The destination and cluster of this EtcdBackup", valueName: "name"))
    var backup: String?

    /// As it was typed.
    var name: String { place ?? "the destination of EtcdBackup \(backup ?? "")" }

    func validate() throws {
        guard (place == nil) != (backup == nil) else {
            throw ValidationError(
                place == nil
                    ? "which store? Give s3://BUCKET/PREFIX, gs://BUCKET/PREFIX, file:///DIRECTORY or --backup NAME"
                    : "give \(place ?? "") or --backup, not both")
        }
        if let place { _ = try StorePlace(requiring: place) }
    }

    /// Reads the EtcdBackup, where one is named.
    func resolve(_ connection: StoreConnection, client: () throws -> KubernetesClient) async throws -> SelectedStore {
        if let place {
            let place = try StorePlace(requiring: place)
            if place.isRegularFile {
                let (target, key) = try place.object(connection.options, environment: connection.environment)
                return SelectedStore(target: target, prefix: .all, object: key)
            }
            let (target, prefix) = try place.folder(connection.options, environment: connection.environment)
            return SelectedStore(target: target, prefix: prefix, bucket: place.uri, object: try place.key)
        }
        let client = try client()
        let backup: EtcdBackup = try await client.get(name: backup ?? "")
        return try SelectedStore(backup, namespace: client.configuration.namespace)
    }
}

/// A store, the folder in it, and what more is known.
struct SelectedStore: Sendable {
    var target: StoreTarget
    var prefix: KeyPrefix
    /// As restores name it; nil for a directory, which none can.
    var bucket: StoreURI?
    /// The same place as one object; nil where it is a folder for certain.
    var object: ObjectKey?
    /// Of a Secret, where an object names one.
    var secret: String?
    /// Whose snapshots, and in which folder below `prefix`; nil where it was not said.
    var cluster: ClusterSnapshots?
    var retainCount: Int?

    struct ClusterSnapshots: Hashable, Sendable {
        /// Nil for a cluster that is known by its ID alone.
        var namespace: String?
        /// Of its folder.
        var name: String
        /// As it is recorded with each snapshot: of one that was saved by its endpoints, the cluster's ID.
        var recorded: String { namespace.map { "\($0)/\(name)" } ?? name }
    }
}

extension SelectedStore {
    init(_ backup: EtcdBackup, namespace: String) throws(CommandFailure) {
        let name = "EtcdBackup \(backup.metadata.name ?? "")"
        guard let destination = backup.spec?.destination else { throw CommandFailure("\(name) names no destination") }
        do {
            target = try StoreTarget(destination)
            prefix = try KeyPrefix(destination.prefix ?? "")
        } catch { throw CommandFailure("\(name): \(error)") }
        bucket = destination.bucketURI
        secret = destination.secretRef?.name
        cluster = (backup.spec?.clusterRef).map {
            ClusterSnapshots(namespace: backup.metadata.namespace ?? namespace, name: $0)
        }
        retainCount = (backup.spec?.retention?.retainCount).map { Int($0) }
    }

    /// The object of that very name, and all below the folder of that name. Those that are deleted meanwhile are left out.
    func forEachObject(
        in store: ObjectStore, _ body: (StoredObject) async throws -> Void
    ) async throws {
        if let object, let found = try await store.headIfThere(object) { try await body(found) }
        try await store.forEachObject(below: try folder, body)
    }

    /// What is listed and verified: the cluster's own folder, where one is known.
    var folder: KeyPrefix {
        get throws(StoreError) {
            try cluster.map { cluster throws(StoreError) in try KeyPrefix(prefix.text + cluster.name) } ?? prefix
        }
    }
}
