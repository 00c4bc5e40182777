import ArgumentParser
import EtcdRecoverModel
import KubernetesClient
import Logging

/// The pod that this process runs in, as its Deployment tells it in `POD_NAME` and `POD_NAMESPACE`.
struct OwnPod: KubernetesResource {
    static let apiVersion = "v1"
    static let kind = "Pod"
    static let plural = "pods"

    var metadata: ObjectMeta
    var spec: Spec

    struct Spec: Codable, Sendable {
        struct Container: Codable, Sendable {
            var name: String
            var image: String
        }

        var containers: [Container]
    }
}

extension OwnPod {
    /// Of `--agent-image`, where it is given.
    static func check(image: String) throws {
        guard !image.isEmpty, !image.contains(where: { $0.isWhitespace || $0 == "$" }) else {
            throw ValidationError("--agent-image is \"\(image)\", which is no image")
        }
    }

    /// Of this process, from whatever registry and under whatever name its pod was told to take it. Nil outside of a pod, and
    /// where we may not look.
    static func image(of container: String, _ client: KubernetesClient, _ logger: Logger) async throws -> String? {
        let environment = processEnvironment()
        guard let name = environment["POD_NAME"], let namespace = environment["POD_NAMESPACE"] else { return nil }
        do {
            let pod: OwnPod = try await client.get(name: name, namespace: namespace)
            return pod.spec.containers.first { $0.name == container }?.image
        } catch let error as KubernetesError where error.isForbidden || error.isNotFound {
            logger.warning("no image for members' agents is known, name one with --agent-image: \(error)")
            return nil
        }
    }
}
