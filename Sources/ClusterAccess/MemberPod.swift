package import EtcdRecoverModel

/// The part of a Pod that tells how the etcd in it is reached.
package struct MemberPod: KubernetesResource {
    package static let apiVersion = "v1"
    package static let kind = "Pod"
    package static let plural = "pods"

    package var metadata: ObjectMeta
    var spec: Spec
    var status: Status?

    struct Spec: Codable, Sendable {
        var containers: [Container]
        var volumes: [Volume]?
        var nodeName: String?
    }

    typealias Container = EtcdRecoverModel.Container

    struct Volume: Codable, Sendable {
        var name: String
        var secret: SecretVolume?
        var configMap: NamedVolume?
        var projected: Projection?

        struct SecretVolume: Codable, Sendable {
            var secretName: String?
            var items: [Item]?
        }

        struct NamedVolume: Codable, Sendable {
            var name: String?
            var items: [Item]?
        }

        struct Projection: Codable, Sendable {
            var sources: [Source]?

            struct Source: Codable, Sendable {
                var secret: NamedVolume?
                var configMap: NamedVolume?
            }
        }

        struct Item: Codable, Sendable {
            var key: String
            var path: String
        }
    }

    struct Status: Codable, Sendable {
        var phase: String?
        var podIP: String?
        var hostIP: String?
    }
}

extension MemberPod {
    var name: String { metadata.name ?? "" }

    var etcdContainer: Container? { spec.containers.etcd }

    /// Why no connection to it is worth a try; nil when it runs.
    var whyNotRunning: String? {
        if metadata.deletionTimestamp != nil { return "its pod is being deleted" }
        let phase = status?.phase ?? "Unknown"
        return phase == "Running" ? nil : "its pod is \(phase)"
    }

    func isOwned(by kind: String, _ name: String) -> Bool {
        metadata.ownerReferences?.contains { $0.kind == kind && $0.name == name && $0.controller == true } == true
    }
}

/// A ConfigMap's text; a pod's environment and certificates may come from one.
struct ConfigMap: KubernetesResource {
    static let apiVersion = "v1"
    static let kind = "ConfigMap"
    static let plural = "configmaps"

    var metadata: ObjectMeta
    var data: [String: String]?
}
