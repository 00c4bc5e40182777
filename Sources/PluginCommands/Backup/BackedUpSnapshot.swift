import EtcdRecoverModel
import KubernetesClient
import ObjectStore

/// The snapshot of a completed EtcdBackup, where it lies and as whom it is read.
struct BackedUpSnapshot: Sendable {
    var target: StoreTarget
    /// Of a Secret, where the backup names one.
    var secret: String?
    var key: ObjectKey
    var uri: String
    /// As recorded in the backup's status.
    var sha256: String?

    init(of name: String, _ client: KubernetesClient) async throws {
        let backup: EtcdBackup = try await client.get(name: name)
        guard let location = backup.status?.snapshotLocation else {
            let phase = backup.status?.phase?.rawValue ?? "not begun"
            throw CommandFailure(
                "EtcdBackup \(name) has no snapshot: it is \(phase)",
                hint: "see why with: kubectl etcdrecover backup describe \(name)")
        }
        guard let destination = backup.spec?.destination else {
            throw CommandFailure("EtcdBackup \(name) names no destination")
        }
        secret = destination.secretRef?.name
        uri = location
        sha256 = backup.status?.snapshot?.sha256
        do {
            target = try StoreTarget(destination)
            key = try ObjectKey(try StoreURI(location).path)
        } catch { throw CommandFailure("EtcdBackup \(name): \(error)") }
    }

    /// Throws where what lies there is not what the backup uploaded.
    func check(_ object: StoredObject) throws(CommandFailure) {
        guard let sha256, let found = object.metadata?.sha256, found != sha256 else { return }
        throw CommandFailure(
            "\(uri) is not what this backup uploaded: its SHA-256 is \(found), the backup recorded \(sha256)")
    }
}
