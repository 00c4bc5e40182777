package import EtcdRecoverModel

extension WholePod {
    /// Who works beside a member whose etcd does not run: our agent alone, on the member's node and with its volumes, which it
    /// cannot write to. It has no label of the cluster, so that nobody takes it for a member.
    /// - Parameters:
    ///   - cluster: whose member it is; the pod's name begins with it.
    ///   - order: that saves the member's database.
    ///   - image: ours.
    ///   - recovery: on whose behalf. Where it goes, the pod goes.
    package init(
        beside member: WholePod, of cluster: String, for order: RestoreOrder, image: String, recovery: EtcdRecovery
    ) throws(InjectionRefusal) {
        let pod = try MemberPod(member.json, of: cluster)
        var mounts = pod.dataMounts.map(\.readOnly)
        guard !mounts.isEmpty else {
            throw InjectionRefusal("pod \(member.metadata.name ?? "") has no volume that its data could be read from")
        }
        var order = order
        order.mountPaths = mounts.compactMap { $0["mountPath"]?.string }
        if order.destination.secretRef?.name == nil { mounts += pod.credentialMounts }
        let container = try AgentContainer(
            etcd: pod.etcd, podSecurity: pod.spec?["securityContext"], image: image, order: order, opensStore: true,
            mounts: mounts
        ).json().standingAlone(for: member)

        let used = Set(mounts.compactMap { $0["name"]?.string })
        let seconds = (try? GoDuration(parsing: order.timeout).duration.components.seconds) ?? 600
        var spec: [String: JSONValue] = [
            "restartPolicy": "Never", "activeDeadlineSeconds": .int(max(1, seconds)),
            "terminationGracePeriodSeconds": 10, "automountServiceAccountToken": false, "enableServiceLinks": false,
            "containers": .array([container]),
            "volumes": .array(pod.spec?["volumes"].elements.filter { used.contains($0["name"]?.string ?? "") } ?? []),
        ]
        // The node too: a volume that one node has at a time is there, and nowhere else.
        for field in ["nodeName", "tolerations", "securityContext", "serviceAccountName", "imagePullSecrets"] {
            spec[field] = pod.spec?[field]
        }
        self.init(
            metadata: ObjectMeta(
                name: Self.rescuer(of: member.metadata.name ?? "", for: recovery),
                namespace: member.metadata.namespace,
                labels: ["app.kubernetes.io/name": "etcdrecover", "app.kubernetes.io/component": "rescue"]),
            spec: .object(spec))
        metadata.ownerReferences = [
            OwnerReference(
                apiVersion: EtcdRecovery.apiVersion, kind: EtcdRecovery.kind, name: recovery.metadata.name ?? "",
                uid: recovery.metadata.uid ?? "")
        ]
    }

    /// One for each member and recovery, by name, whoever makes it.
    package static func rescuer(of member: String, for recovery: EtcdRecovery) -> String {
        "\(member)-rescue-\((recovery.metadata.uid ?? "").prefix(8))"
    }

    fileprivate var json: JSONValue {
        [
            "metadata": ["name": .string(metadata.name ?? ""), "namespace": .string(metadata.namespace ?? "")],
            "spec": spec,
        ]
    }

    /// Of the pod itself, as a `fieldRef` names it; nil where it is the node's or the kubelet's.
    fileprivate func field(_ path: String) -> String? {
        func entry(of entries: [String: String]?, _ prefix: String) -> String? {
            guard path.hasPrefix("\(prefix)['"), path.hasSuffix("']") else { return nil }
            return entries?[String(path.dropFirst(prefix.count + 2).dropLast(2))] ?? ""
        }
        return switch path {
        case "metadata.name": metadata.name
        case "metadata.uid": metadata.uid
        default:
            entry(of: metadata.labels, "metadata.labels") ?? entry(of: metadata.annotations, "metadata.annotations")
        }
    }
}

extension JSONValue {
    fileprivate var readOnly: JSONValue {
        guard case .object(var mount) = self else { return self }
        mount["readOnly"] = true
        return .object(mount)
    }

    /// As a pod of its own: what variables say of the pod they go on saying of the member's, whose data may lie under its name.
    fileprivate func standingAlone(for member: WholePod) -> JSONValue {
        guard case .object(var container) = self else { return self }
        container["env"] = .array(
            container["env"].elements.map { variable in
                guard case .object(var fields) = variable,
                    let path = variable["valueFrom"]?["fieldRef"]?["fieldPath"]?.string, let text = member.field(path)
                else { return variable }
                fields["valueFrom"] = nil
                fields["value"] = .string(text.escapingReferences)
                return .object(fields)
            })
        // Beside those of the member, which the node has room for and perhaps for no more.
        container["resources"] = ["requests": ["cpu": "50m", "memory": "64Mi"], "limits": ["memory": "256Mi"]]
        return .object(container)
    }
}
