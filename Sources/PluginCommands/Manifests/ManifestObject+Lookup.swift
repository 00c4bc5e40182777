import EtcdRecoverModel
import FoundationEssentials
import YAML

extension ManifestObject {
    /// The object as the rules look it up, for the kinds that they ask for. Nil for any other, and for one that its own
    /// kind could not read: kubectl will say so.
    var lookedUpResource: (any KubernetesResource)? {
        let kinds: [any KubernetesResource.Type] = [
            EtcdCluster.self, Secret.self, StatefulSet.self, Pod.self, PersistentVolumeClaim.self,
        ]
        guard let kind = kinds.first(where: { $0.kind == kind && $0.apiVersion == apiVersion }) else { return nil }
        return kind.read(self)
    }
}

extension KubernetesResource {
    fileprivate static func read(_ manifest: ManifestObject) -> Self? {
        guard let bytes = try? manifest.node.jsonBytes(),
            var object = try? JSONDecoder().decode(Self.self, from: Data(bytes))
        else { return nil }
        if object.metadata.namespace == nil { object.metadata.namespace = manifest.namespace }
        return object
    }
}
