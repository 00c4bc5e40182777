import EtcdRecoverModel

/// The container of ours that a restore or recovery runs for a member, as a rule an init container of its pod: our image with the
/// command line, the environment and the volumes of the etcd beside it, so that it sees what etcd will see.
package struct AgentContainer {
    package static let name = "etcdrecover-agent"

    /// The etcd container as it stands in the pod.
    let etcd: JSONValue
    /// `spec.securityContext` of the pod.
    let podSecurity: JSONValue?
    let image: String
    let order: RestoreOrder
    /// Whether it will work on the store, and so needs what opens it.
    let opensStore: Bool
    /// Mounts of its own.
    let mounts: [JSONValue]

    func json() throws(InjectionRefusal) -> JSONValue {
        guard let json = try? order.json else {
            throw InjectionRefusal("the order of \(order.owner) cannot be written as JSON")
        }
        var container: [String: JSONValue] = [
            "name": .string(Self.name), "image": .string(image), "imagePullPolicy": "IfNotPresent",
            "args": .array(["agent", "--"] + etcd["command"].elements + etcd["args"].elements),
            "env": .array(environment(order: json)),
            "volumeMounts": .array(mounts),
            "resources": resources,
            "securityContext": try security(),
            // Where it was killed before it could say why, the end of its log is the next best.
            "terminationMessagePolicy": "FallbackToLogsOnError",
        ]
        if let sources = etcd["envFrom"] { container["envFrom"] = sources }
        return .object(container)
    }

    private func environment(order json: String) -> [JSONValue] {
        let own = Set([AgentVariable.order, AgentVariable.podName])
        var variables = etcd["env"].elements.filter { !own.contains($0["name"]?.string ?? "") }
        variables += [
            ["name": .string(AgentVariable.order), "value": .string(json.escapingReferences)],
            ["name": .string(AgentVariable.podName), "valueFrom": ["fieldRef": ["fieldPath": "metadata.name"]]],
        ]
        guard opensStore, let secret = order.destination.secretRef?.name,
            let provider = order.destination.effectiveProvider
        else { return variables }
        return variables
            + AgentVariable.credentials(for: provider).map { variable, key in
                // Optional: a member whose Secret is gone long after its restore has to start all the same.
                [
                    "name": .string(variable),
                    "valueFrom": [
                        "secretKeyRef": ["name": .string(secret), "key": .string(key), "optional": true]
                    ],
                ]
            }
    }

    /// Those of etcd: a pod needs the larger of both, so its place on a node and its class of service stay the same.
    private var resources: JSONValue {
        if let own = etcd["resources"], case .object(let fields) = own, !fields.isEmpty { return own }
        return ["requests": ["cpu": "100m", "memory": "64Mi"], "limits": ["memory": "256Mi"]]
    }

    /// Etcd's, so that what is written is etcd's to read, and tightened.
    private func security() throws(InjectionRefusal) -> JSONValue {
        var security: [String: JSONValue] = [:]
        if case .object(let fields)? = etcd["securityContext"] { security = fields }
        security["privileged"] = nil
        security["allowPrivilegeEscalation"] = false
        security["readOnlyRootFilesystem"] = true
        security["capabilities"] = ["drop": ["ALL"]]
        if security["seccompProfile"] == nil, podSecurity?["seccompProfile"] == nil {
            security["seccompProfile"] = ["type": "RuntimeDefault"]
        }
        if security["runAsUser"] == nil, podSecurity?["runAsUser"] == nil {
            guard (security["runAsNonRoot"] ?? podSecurity?["runAsNonRoot"]) != .bool(true) else {
                throw InjectionRefusal(
                    "the pod runs as non-root, and only etcd's image knows as whom: set runAsUser, so that the restored "
                        + "data belongs to etcd")
            }
            security["runAsUser"] = 0
        }
        return .object(security)
    }
}

extension JSONValue? {
    /// Of an array; none for anything else.
    var elements: [JSONValue] {
        if case .array(let elements)? = self { elements } else { [] }
    }
}
