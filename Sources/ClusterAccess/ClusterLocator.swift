import EtcdClient
import EtcdRecoverModel
import HTTP
package import KubernetesClient

/// Finds members, certificates and password of an etcd by the name of its object, whatever lays its pods out.
///
/// Throws `LocationFailure`, and `KubernetesError` where the API server did not answer.
package struct ClusterLocator: Sendable {
    /// On an EtcdCluster or StatefulSet: the Secret, in the same namespace, with `username` and `password` of etcd's user.
    package static let authAnnotation = "etcdrecover.operator.etcd.io/auth-secret"

    /// What is known already and not looked for.
    package struct Choices: Sendable {
        package var tls = EtcdTLS()
        /// A Secret in place of the one found by itself.
        package var tlsSecret: String?
        package var serverName: String?
        package var hasLogin = false

        package init() {}
    }

    var client: KubernetesClient
    var namespace: String
    var choices: Choices

    package init(_ client: KubernetesClient, namespace: String, choices: Choices = Choices()) {
        self.client = client
        self.namespace = namespace
        self.choices = choices
    }

    package func locate(_ target: EtcdTarget) async throws -> LocatedCluster {
        let (pods, owner) = try await pods(of: target)
        guard !pods.isEmpty else { throw LocationFailure.noPods(target, namespace: namespace) }
        let maps = try await configMaps(for: pods)
        let processes = pods.map { EtcdProcess($0, configMaps: maps) }
        let members = zip(pods, processes).map { pod, process in
            LocatedCluster.Member(
                pod: pod.name, listener: process.clientListener,
                serverName: choices.serverName ?? process.advertisedHost, trouble: pod.whyNotRunning,
                advertised: process.advertised, podIP: pod.status?.podIP)
        }
        var cluster = LocatedCluster(target: target, namespace: namespace, members: members, tls: choices.tls)
        cluster.size = owner.size
        if members.contains(where: { $0.listener.scheme == "https" }) {
            try await addCertificates(to: &cluster, pod: pods[0], process: processes[0])
        }
        if !choices.hasLogin, let name = owner.annotations?[Self.authAnnotation] {
            cluster.login = try await login(name)
        }
        return cluster
    }

    private func login(_ name: String) async throws -> EtcdClient.Login {
        let secret = try await secret(name, for: .login)
        guard let user = secret["username"], let password = secret["password"] else {
            throw LocationFailure.incompleteSecret(name, lacks: "username and password", found: secret.keyList)
        }
        return EtcdClient.Login(user: String(decoding: user, as: UTF8.self), password: SecretBytes(password))
    }

    /// What the object that owns the pods says of them.
    private struct Owner {
        var annotations: [String: String]?
        var size: Int?
    }

    private func pods(of target: EtcdTarget) async throws -> ([MemberPod], Owner) {
        let found: [MemberPod]
        let owner: Owner
        switch target {
        case .etcdCluster(let name):
            let cluster = try await object(EtcdCluster.self, name, target)
            owner = Owner(
                annotations: cluster.metadata.annotations, size: cluster.spec?.size.flatMap(Int.init(exactly:)))
            // Of the operator's StatefulSet in its one layout, of the EtcdCluster itself in the other.
            found = try await list(labels: "app=\(name)").filter {
                $0.isOwned(by: StatefulSet.kind, name) || $0.isOwned(by: EtcdCluster.kind, name)
            }
        case .statefulSet(let name):
            let set = try await object(StatefulSet.self, name, target)
            owner = Owner(annotations: set.metadata.annotations, size: set.spec?.replicas.map { Int($0) })
            found = try await list(labels: "statefulset.kubernetes.io/pod-name").filter {
                $0.isOwned(by: StatefulSet.kind, name)
            }
        case .pod(let name):
            let pod = try await object(MemberPod.self, name, target)
            return ([pod], Owner(annotations: pod.metadata.annotations))
        }
        return (found.sorted { ($0.name.utf8.count, $0.name) < ($1.name.utf8.count, $1.name) }, owner)
    }

    /// Their text is of use where etcd takes settings from it; without the right to read them etcd's defaults are assumed.
    private func configMaps(for pods: [MemberPod]) async throws -> [String: [String: String]] {
        let containers = pods.compactMap(\.etcdContainer)
        let names = Set(
            containers.flatMap { ($0.envFrom ?? []).compactMap(\.configMapRef?.name) }
                + containers.flatMap { ($0.env ?? []).compactMap(\.valueFrom?.configMapKeyRef?.name) })
        var found: [String: [String: String]] = [:]
        for name in names {
            do {
                found[name] = try await client.get(ConfigMap.self, name: name, namespace: namespace).data ?? [:]
            } catch let error as KubernetesError where error.isForbidden || error.isNotFound {}
        }
        return found
    }

    private func object<R: KubernetesResource>(_ type: R.Type, _ name: String, _ target: EtcdTarget) async throws -> R {
        do {
            return try await client.get(name: name, namespace: namespace)
        } catch let error as KubernetesError where error.isNotFound {
            throw LocationFailure.notFound(target, namespace: namespace)
        } catch let error as KubernetesError where error.isForbidden {
            throw refusal("get", R.self, name, for: .members)
        }
    }

    private func list(labels: String) async throws -> [MemberPod] {
        do {
            return try await client.list(in: .namespace(namespace), matching: Selector(labels: labels)).items
        } catch let error as KubernetesError where error.isForbidden {
            throw refusal("list", MemberPod.self, nil, for: .members)
        }
    }

    func refusal<R: KubernetesResource>(
        _ verb: String, _ type: R.Type, _ name: String?, for purpose: LocationFailure.Purpose
    ) -> LocationFailure {
        .forbidden(
            verb: verb, resource: R.plural + (R.group.isEmpty ? "" : ".\(R.group)"), name: name, namespace: namespace,
            for: purpose)
    }
}
