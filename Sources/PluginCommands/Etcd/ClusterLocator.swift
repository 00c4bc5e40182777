import EtcdRecoverModel
import HTTP
import KubernetesClient

/// The members of an etcd on Kubernetes, as the API server tells of them: nothing has been connected to.
struct LocatedCluster: Sendable {
    struct Member: Hashable, Sendable {
        var pod: String
        /// On the pod's loopback.
        var listener: EtcdProcess.Listener
        /// What its certificate is checked against; nil leaves the name of the connection.
        var serverName: String?
        /// Why it is not worth a connection; nil when its pod runs.
        var trouble: String?
    }

    var target: EtcdTarget
    var namespace: String
    var members: [Member]
    var tls: EtcdTLS
    var login: EtcdLogin?
    /// Members there are meant to be, where the object says so.
    var size: Int?
}

/// Finds members, certificates and password of an etcd by the name of its object.
struct ClusterLocator: Sendable {
    /// On an EtcdCluster or StatefulSet: the Secret, in the same namespace, with `username` and `password` of etcd's user.
    static let authAnnotation = "etcdrecover.operator.etcd.io/auth-secret"

    var client: KubernetesClient
    var flags: EtcdFlags

    private var namespace: String { client.configuration.namespace }

    func locate(_ target: EtcdTarget) async throws -> LocatedCluster {
        let (pods, owner) = try await pods(of: target)
        guard !pods.isEmpty else {
            throw CommandFailure(
                "\(target) has no pods in namespace \(namespace)",
                hint: "with no pod running, its data is in its volumes only; see kubectl get pods,pvc -n \(namespace)")
        }
        let maps = try await configMaps(for: pods)
        let processes = pods.map { EtcdProcess($0, configMaps: maps) }
        let members = zip(pods, processes).map { pod, process in
            LocatedCluster.Member(
                pod: pod.name, listener: process.clientListener,
                serverName: flags.etcdServerName ?? process.advertisedHost, trouble: pod.whyNotRunning)
        }
        var cluster = LocatedCluster(
            target: target, namespace: namespace, members: members, tls: try EtcdTLS(files: flags))
        cluster.size = owner.size
        if members.contains(where: { $0.listener.scheme == "https" }) {
            try await addCertificates(to: &cluster, pod: pods[0], process: processes[0])
        }
        if flags.user == nil, let name = owner.annotations?[Self.authAnnotation] {
            let secret = try await secret(name, insteadGive: "--user")
            guard let user = secret.text("username"), let password = secret["password"] else {
                throw CommandFailure("secret \(name) has no username and password: it has \(secret.keyList)")
            }
            cluster.login = EtcdLogin(user: user, password: SecretBytes(password))
        }
        return cluster
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
                found[name] = try await client.get(ConfigMap.self, name: name).data ?? [:]
            } catch let error as KubernetesError where error.isForbidden || error.isNotFound {}
        }
        return found
    }

    private func object<R: KubernetesResource>(_ type: R.Type, _ name: String, _ target: EtcdTarget) async throws -> R {
        do {
            return try await client.get(name: name)
        } catch let error as KubernetesError where error.isNotFound {
            throw CommandFailure(
                "\(target) not found in namespace \(namespace)",
                hint: R.self == EtcdCluster.self
                    ? "for another etcd give statefulset/NAME or pod/NAME, or its --endpoints" : nil)
        } catch let error as KubernetesError where error.isForbidden {
            throw refusal("get", R.plural + (R.group.isEmpty ? "" : ".\(R.group)"), name, insteadGive: "--endpoints")
        }
    }

    private func list(labels: String) async throws -> [MemberPod] {
        do {
            return try await client.list(in: .namespace(namespace), matching: Selector(labels: labels)).items
        } catch let error as KubernetesError where error.isForbidden {
            throw refusal("list", MemberPod.plural, nil, insteadGive: "--endpoints")
        }
    }

    func secret(_ name: String, insteadGive flags: String) async throws -> Secret {
        guard let secret = try await secretIfPresent(name, insteadGive: flags) else {
            throw CommandFailure("secret \(name) not found in namespace \(namespace)")
        }
        return secret
    }

    func secretIfPresent(_ name: String, insteadGive flags: String) async throws -> Secret? {
        do {
            return try await client.get(name: name)
        } catch let error as KubernetesError where error.isForbidden {
            throw refusal("get", Secret.plural, name, insteadGive: flags)
        } catch let error as KubernetesError where error.isNotFound {
            return nil
        }
    }

    func configMap(_ name: String) async throws -> ConfigMap {
        do {
            return try await client.get(name: name)
        } catch let error as KubernetesError where error.isForbidden {
            throw refusal("get", ConfigMap.plural, name, insteadGive: Self.files)
        }
    }

    private func refusal(_ verb: String, _ resource: String, _ name: String?, insteadGive flags: String)
        -> CommandFailure
    {
        CommandFailure(
            "you may not \(verb) \(resource)\(name.map { " \"\($0)\"" } ?? "") in namespace \(namespace)",
            hint: "have a Role allow the verb \"\(verb)\" on \(resource) there, or give \(flags)")
    }
}

extension Secret {
    func text(_ key: String) -> String? { self[key].map { String(decoding: $0, as: UTF8.self) } }

    var keyList: String { keys.isEmpty ? "no keys" : keys.sorted().joined(separator: ", ") }
}
