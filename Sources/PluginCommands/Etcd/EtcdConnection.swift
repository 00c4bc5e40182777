import ClusterAccess
import EtcdClient
import KubernetesClient

/// What the flags of a command say about the way to etcd.
struct EtcdConnection: Sendable {
    var etcd: EtcdFlags
    var kubernetes: KubernetesOptions

    /// Runs `body` with ways to the members. Throws a usage failure when neither target nor endpoints are given, or both.
    func withAccess<Value>(
        to target: EtcdTarget?, console: Console, environment: [String: String] = processEnvironment(),
        isolation: isolated (any Actor)? = #isolation, _ body: (EtcdAccess) async throws -> Value
    ) async throws -> Value {
        let limit = try duration(etcd.commandTimeout, flag: "--command-timeout")
        guard limit > .zero else { throw CommandFailure("--command-timeout must be more than 0", status: .usage) }
        if etcd.etcdInsecureSkipTLSVerify {
            console.warning("etcd's certificates are not checked (--etcd-insecure-skip-tls-verify)")
        }
        guard let target else {
            return try await body(direct(limit, environment: environment, console: console))
        }
        guard etcd.endpoints.isEmpty else {
            throw CommandFailure("give \(target) or --endpoints, not both", status: .usage)
        }
        return try await forwarded(to: target, limit, environment, console, body)
    }

    private func direct(_ limit: Duration, environment: [String: String], console: Console) throws -> EtcdAccess {
        let tls = try EtcdTLS(files: etcd, environment: environment)
        let endpoints = try EtcdEndpoints.resolve(etcd.endpoints, environment: environment, usesTLS: !tls.isEmpty)
        guard !endpoints.isEmpty else {
            throw CommandFailure(
                "which etcd? Give the name of an EtcdCluster, statefulset/NAME, pod/NAME, or --endpoints",
                status: .usage)
        }
        guard !kubernetes.insecureSkipTLSVerify else {
            throw CommandFailure(
                "--insecure-skip-tls-verify is about the API server, which --endpoints needs none of; "
                    + "about etcd it is --etcd-insecure-skip-tls-verify", status: .usage)
        }
        guard etcd.tlsSecret == nil else {
            throw CommandFailure("--tls-secret is for a target by name; with --endpoints give files", status: .usage)
        }
        let login = try EtcdLogin.resolve(etcd, environment: environment, console: console)
        for endpoint in endpoints where login != nil && EtcdEndpoints.isExposed(endpoint) {
            console.warning("\(endpoint) is not encrypted: the password can be read on its way there")
        }
        let links = endpoints.map {
            MemberLink(name: $0, endpoint: EtcdEndpoint($0, serverName: etcd.etcdServerName))
        }
        return EtcdAccess(links: links, tls: tls.options, login: login, callLimit: limit, reachesAdvertised: true)
    }

    private func forwarded<Value>(
        to target: EtcdTarget, _ limit: Duration, _ environment: [String: String], _ console: Console,
        isolation: isolated (any Actor)? = #isolation, _ body: (EtcdAccess) async throws -> Value
    ) async throws -> Value {
        let client = try kubernetes.connect(console: console)
        let cluster = try await locate(target, client)
        let login = try EtcdLogin.resolve(etcd, environment: environment, ofTarget: cluster.login, console: console)
        let running = cluster.members.filter { $0.trouble == nil }
        let kubectl = environment["KUBECTL"].flatMap { $0.isEmpty ? nil : $0 } ?? "kubectl"
        let forwards = running.map { member in
            PortForward(
                kubectl: kubectl, flags: kubernetes.kubectlFlags(namespace: cluster.namespace), pod: member.pod,
                port: member.listener.port)
        }
        return try await PortForward.withAll(forwards) { started in
            var tunnels = started[...]
            let links = cluster.members.map { member in
                guard member.trouble == nil, let (start, state) = tunnels.popFirst() else {
                    return MemberLink(name: member.pod, endpoint: nil) { member.trouble }
                }
                return MemberLink(member, start, state)
            }
            let access = EtcdAccess(
                links: links, tls: cluster.tls.options, login: login, callLimit: limit, reachesAdvertised: false,
                isComplete: !target.isOnePod, cluster: target.clusterName.map { "\(cluster.namespace)/\($0)" },
                size: cluster.size)
            return try await body(access)
        }
    }
}

extension EtcdConnection {
    private func locate(_ target: EtcdTarget, _ client: KubernetesClient) async throws -> LocatedCluster {
        var choices = ClusterLocator.Choices()
        choices.tls = try EtcdTLS(files: etcd)
        choices.tlsSecret = etcd.tlsSecret
        choices.serverName = etcd.etcdServerName
        choices.hasLogin = etcd.user != nil
        let locator = ClusterLocator(client, namespace: client.configuration.namespace, choices: choices)
        do { return try await locator.locate(target) } catch let failure as LocationFailure {
            throw CommandFailure(failure)
        }
    }
}

extension MemberLink {
    fileprivate init(_ member: LocatedCluster.Member, _ start: PortForward.State.Start, _ state: PortForward.State) {
        name = member.pod
        switch start {
        case .port(let port):
            endpoint = EtcdEndpoint("\(member.listener.scheme)://127.0.0.1:\(port)", serverName: member.serverName)
            trouble = { state.complaint.isEmpty ? nil : state.complaint }
        case .failed(let reason):
            endpoint = nil
            trouble = { reason }
        }
    }
}
