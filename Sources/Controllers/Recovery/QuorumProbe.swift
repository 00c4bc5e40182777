import ClusterAccess
import EtcdClient
import EtcdRecoverModel
import HTTP
import KubernetesClient
import Synchronization

/// Asks the members of clusters for their status and nothing else, over connections that stay open.
final class QuorumProbe: Sendable {
    private struct Line: Sendable {
        var etcd: EtcdClient
        var endpoints: [EtcdEndpoint]
        var since: ContinuousClock.Instant
        var hasLogin: Bool
        /// When each member was last shown the token.
        var shown: ContinuousClock.Instant?
    }

    private let client: KubernetesClient
    private let dial: MemberDial
    private let tokens: HeldTokens
    private let lines = Mutex<[ObjectName: Line]>([:])
    /// How long members are taken to be where they were: certificates change, and pods move.
    private static let lifetime = Duration.seconds(600)
    /// Twice within the time that members remember a token for.
    private static let reminder = Duration.seconds(130)

    init(client: KubernetesClient, dial: MemberDial, tokens: HeldTokens) {
        self.client = client
        self.dial = dial
        self.tokens = tokens
    }

    /// Whether a majority of `size` voters follows one leader in one term. False says nothing: look closer.
    func findsQuorum(of target: EtcdTarget, in namespace: String, size: Int) async -> Bool {
        let name = ObjectName(namespace: namespace, name: target.clusterName ?? "")
        guard let line = try? await line(to: target, name) else { return false }
        let answers = await withTaskGroup(of: MemberStatus?.self) { group in
            for endpoint in line.endpoints { group.addTask { try? await line.etcd.at(endpoint).status() } }
            return await group.reduce(into: []) { $0.append($1) }
        }
        let following = answers.compactMap(\.self).filter { !$0.isLearner && $0.leader != nil }
        let parties = Dictionary(grouping: following) { "\($0.raftTerm) \($0.leader?.description ?? "")" }
        let finds = parties.values.contains { $0.count > size / 2 }
        if finds, line.hasLogin, line.shown.map({ .now - $0 > Self.reminder }) ?? true {
            lines.withLock { $0[name]?.shown = .now }
            await tokens.refresh(line.etcd, at: line.endpoints, of: name)
        }
        if !finds || answers.contains(where: { $0 == nil }) { await forget(name) }
        return finds
    }

    private func line(to target: EtcdTarget, _ name: ObjectName) async throws -> Line {
        if let line = lines.withLock({ $0[name] }), line.since.duration(to: .now) < Self.lifetime { return line }
        await forget(name)
        let cluster = try await ClusterLocator(client, namespace: name.namespace).locate(target)
        let endpoints = cluster.members.compactMap(dial.endpoint)
        let line = Line(
            etcd: try EtcdClient(
                EtcdClient.Configuration(
                    endpoints: endpoints, tls: cluster.tls.options, login: cluster.login, token: tokens[name],
                    proxy: .none, deadline: .seconds(3))),
            endpoints: endpoints, since: .now, hasLogin: cluster.login != nil)
        lines.withLock { $0[name] = line }
        return line
    }

    private func forget(_ name: ObjectName) async {
        let line = lines.withLock { $0.removeValue(forKey: name) }
        await line?.etcd.shutdown()
    }

    /// Ends the lines to clusters that are not asked any more.
    func keep(only names: Set<ObjectName>) async {
        for name in lines.withLock({ $0.keys.filter { !names.contains($0) } }) { await forget(name) }
    }

    func stop() async { await keep(only: []) }
}
