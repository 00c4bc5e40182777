package import EtcdRecoverModel
import FoundationEssentials

/// What an init container is given: the order, the settings of the etcd beside it, and who its pod is.
package struct AgentEnvironment: Sendable {
    package let order: RestoreOrder
    package let pod: PodOrdinal
    package let identity: MemberIdentity
    package let timeout: Duration

    /// - Parameters:
    ///   - command: the program and the arguments of the etcd container, expanded by the kubelet.
    ///   - variables: of this process, which are those of the etcd container and ours.
    package init(command: [String], variables: [String: String]) throws(AgentFailure) {
        guard let json = variables[AgentVariable.order] else {
            throw AgentFailure(
                .invalidOrder, "\(AgentVariable.order) is not set: this program runs as the init container of a member")
        }
        do { order = try RestoreOrder(json: json) } catch {
            throw AgentFailure(.invalidOrder, "\(AgentVariable.order) cannot be read: it is of another version")
        }
        // Part of a directory's name.
        guard order.restore.uid.utf8.allSatisfy(Self.isNameByte), !order.restore.uid.isEmpty else {
            throw AgentFailure(
                .invalidOrder, "\(AgentVariable.order) has \"\(order.restore.uid)\" where a UID is expected")
        }
        guard let pod = variables[AgentVariable.podName].flatMap(PodOrdinal.init) else {
            throw AgentFailure(
                .invalidOrder, "\(AgentVariable.podName) is not the name of a member's pod, which ends in its ordinal")
        }
        self.pod = pod
        guard let timeout = try? GoDuration(parsing: order.timeout).duration, timeout > .zero else {
            throw AgentFailure(.invalidOrder, "\"\(order.timeout)\" is no duration to restore within")
        }
        self.timeout = timeout
        let identity: MemberIdentity
        do { identity = try MemberIdentity(EtcdSettings(command: command, environment: variables)) } catch {
            throw AgentFailure(.unsupportedMember, error.description)
        }
        for directory in [identity.dataDirectory, identity.walDirectory].compactMap(\.self) {
            guard order.mountPaths.contains(where: { directory.lies(in: $0) }) else {
                throw AgentFailure(
                    .unsupportedMember,
                    "etcd keeps its data in \(directory), which is on no volume: what is restored there would be lost. "
                        + "Mount one there")
            }
        }
        self.identity = identity
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
            true
        default: false
        }
    }

    /// Of the new cluster: part of all its ids, so that nobody from another life of it can join, or be joined. A second
    /// attempt of a recovery makes another cluster than the first.
    package var token: String {
        let token = "\(identity.token ?? "etcd-cluster").\(order.restore.uid)"
        return order.recovery == nil ? token : "\(token).\(order.restore.generation)"
    }

    /// Under which a recovery moves aside what it finds in the member's place.
    var asideName: String { "\(order.restore.uid)-\(order.restore.generation)" }

    /// What `asideName` was for an earlier attempt, the newest first.
    var earlierAsideNames: [String] {
        // Nobody tries more often, and each is looked for on the disk.
        (1..<max(order.restore.generation, 1)).suffix(100).reversed().map { "\(order.restore.uid)-\($0)" }
    }

    var isOver: Bool { order.expires.map { Date().timeIntervalSince1970 >= Double($0) } ?? false }
}

extension String {
    /// By their texts alone.
    fileprivate func lies(in folder: String) -> Bool {
        let (parts, outer) = (split(separator: "/"), folder.split(separator: "/"))
        return !parts.contains("..") && parts.filter { $0 != "." }.starts(with: outer)
    }
}
