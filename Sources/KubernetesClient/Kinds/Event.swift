package import EtcdRecoverModel

/// A core `v1` Event: something that happened to an object, for `kubectl describe`.
package struct Event: KubernetesResource, Hashable {
    package static let apiVersion = "v1"
    package static let kind = "Event"
    package static let plural = "events"

    package struct Source: Codable, Hashable, Sendable {
        package var component: String?
        package var host: String?
    }

    package var apiVersion: String? = Self.apiVersion
    package var kind: String? = Self.kind
    package var metadata: ObjectMeta
    package var involvedObject: ObjectReference
    /// `Normal` or `Warning`.
    package var type: String?
    /// One CamelCase word.
    package var reason: String?
    package var message: String?
    package var count: Int32?
    package var firstTimestamp: Timestamp?
    package var lastTimestamp: Timestamp?
    package var source: Source?
    package var reportingComponent: String?
    package var reportingInstance: String?

    package init(metadata: ObjectMeta, involvedObject: ObjectReference) {
        self.metadata = metadata
        self.involvedObject = involvedObject
    }
}

/// A `v1` ObjectReference.
package struct ObjectReference: Codable, Hashable, Sendable {
    package var apiVersion: String?
    package var kind: String?
    package var namespace: String?
    package var name: String?
    package var uid: String?
    package var resourceVersion: String?

    package init<R: KubernetesResource>(_ object: R) {
        apiVersion = R.apiVersion
        kind = R.kind
        namespace = object.metadata.namespace
        name = object.metadata.name
        uid = object.metadata.uid
        resourceVersion = object.metadata.resourceVersion
    }
}
