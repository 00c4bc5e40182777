package import EtcdRecoverModel

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

    /// Of the new cluster: part of all its ids, so that nobody from another life of it can join, or be joined.
    package var token: String { "\(identity.token ?? "etcd-cluster").\(order.restore.uid)" }
}

extension String {
    /// By their texts alone.
    fileprivate func lies(in folder: String) -> Bool {
        let (parts, outer) = (split(separator: "/"), folder.split(separator: "/"))
        return !parts.contains("..") && parts.filter { $0 != "." }.starts(with: outer)
    }
}
