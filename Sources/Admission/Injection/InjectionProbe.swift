package import EtcdRecoverModel

/// A pod that nobody means to run: created as a dry run on the server, it shows whether an entry of the injector is live.
/// It asks for no rights that a namespace may withhold, and has a volume, without which a later member is let pass.
package struct InjectionProbe: KubernetesResource {
    package static let apiVersion = "v1"
    package static let kind = "Pod"
    package static let plural = "pods"

    package var apiVersion: String? = Self.apiVersion
    package var kind: String? = Self.kind
    package var metadata: ObjectMeta
    package var spec: JSONValue

    /// No member's: the API server refuses the name of a pod that there is, even for a dry run.
    private static let ordinal = 999_999

    /// - Parameter labels: those that the entry selects.
    package init(cluster: String, namespace: String, labels: [String: String]) {
        metadata = ObjectMeta(name: "\(cluster)-\(Self.ordinal)", namespace: namespace, labels: labels)
        let amounts: JSONValue = ["cpu": "1m", "memory": "1Mi"]
        spec = [
            "automountServiceAccountToken": false,
            "securityContext": [
                "runAsNonRoot": true, "runAsUser": 65532, "runAsGroup": 65532,
                "seccompProfile": ["type": "RuntimeDefault"],
            ],
            "volumes": [["name": "data", "emptyDir": [:]]],
            "containers": [
                [
                    "name": "etcd", "image": "etcdrecover.invalid/probe", "args": ["--data-dir=/var/lib/etcd"],
                    "volumeMounts": [["name": "data", "mountPath": "/var/lib/etcd"]],
                    "resources": ["requests": amounts, "limits": amounts],
                    "securityContext": [
                        "allowPrivilegeEscalation": false, "capabilities": ["drop": ["ALL"]],
                    ],
                ]
            ],
        ]
    }

    /// Whether the API server's answer has the agent of this very restore or recovery.
    package func carriesAgent(for target: InjectionTarget) -> Bool {
        spec["initContainers"].elements.contains { container in
            guard container["name"]?.string == AgentContainer.name else { return false }
            let variable = container["env"].elements.first { $0["name"]?.string == AgentVariable.order }
            let order = variable?["value"]?.string.flatMap {
                try? RestoreOrder(json: $0.expandingReferences { _ in nil })
            }
            return order?.restore.uid == target.uid
        }
    }
}
