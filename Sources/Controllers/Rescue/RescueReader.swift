import EtcdRecoverModel
package import HTTP
import KubernetesClient
import Logging
import ObjectStore
import Synchronization

/// Opens rescue copies on the controller's volume for members that are laid from them.
package struct RescueReader: Sendable {
    let recoveries: ObjectCache<EtcdRecovery>
    let volume: RescueVolume
    /// For reviews of tokens alone: who asks for many does not hold up the work.
    let client: KubernetesClient
    let logger: Logger

    package enum Answer: Sendable {
        case copy(RescueFile)
        /// To nobody, or not to this one, which is not told.
        case refused
        /// A recovery has it, and the file is not there.
        case missing
        /// Another time.
        case unavailable(String)
    }

    /// - Parameter path: of the request, with its slash.
    package func open(_ path: String, token: SecretBytes) async -> Answer {
        guard recoveries.isListed else { return .unavailable("EtcdRecoveries are not known yet") }
        // Before anybody is asked: whoever does not know what there is costs nothing.
        guard let grant = RescueGrant(path: path, among: recoveries.all) else { return .refused }
        let user: UserInfo?
        do {
            user = try await client.user(
                ofToken: token, audience: EtcdRecovery.RescueServer.audience, within: .seconds(10))
        } catch {
            logger.warning("the token of a member cannot be reviewed: \(error)")
            return .unavailable("the API server does not review tokens now")
        }
        guard let user, grant.admits(user) else {
            logger.warning("refused", metadata: ["copy": "\(grant.key)", "to": "\(user?.name ?? "nobody")"])
            return .refused
        }
        return await open(grant, for: user)
    }

    private func open(_ grant: RescueGrant, for user: UserInfo) async -> Answer {
        let store = volume.store()
        do {
            let object = try await store.head(try ObjectKey(grant.key))
            // Whatever a status says, the record beside the copy knows whose it is.
            guard object.metadata?.cluster == "\(grant.namespace)/\(grant.cluster)",
                object.metadata?.sha256 == grant.sha256
            else {
                logger.error("\(grant.key) is not the copy that the recovery has recorded")
                return .refused
            }
            logger.notice("rescue copy read", metadata: ["copy": "\(grant.key)", "by": "\(user.name)"])
            return .copy(RescueFile(store: store, object: object, sha256: grant.sha256))
        } catch StoreError.notFound {
            return .missing
        } catch {
            logger.error("\(error)")
            return .unavailable("the controller's volume cannot be read")
        }
    }
}

extension UserInfo {
    /// For the log: the pod, where there is one.
    fileprivate var name: String {
        let pod = extra?["authentication.kubernetes.io/pod-name"]?.first
        return [username, pod.map { "pod \($0)" }].compactMap(\.self).joined(separator: ", ")
    }
}

/// A copy that was opened, piece by piece.
package struct RescueFile: Sendable {
    let store: ObjectStore
    let object: StoredObject
    /// Names the content.
    package let sha256: String

    package var size: Int64 { object.size }

    /// Throws where it is not the same any more.
    package func read(from offset: Int64, count: Int) async throws -> [UInt8] {
        let bytes = Mutex<[UInt8]>([])
        let range = ReadRange(from: offset, through: offset + Int64(count) - 1)
        try await store.backend.read(object.key, range, tag: object.tag) { part in bytes.withLock { $0 += part } }
        return bytes.withLock { $0 }
    }
}
