/// The part of `metav1.ObjectMeta` that we read or write.
package struct ObjectMeta: Codable, Hashable, Sendable {
    package var name: String?
    package var generateName: String?
    package var namespace: String?
    package var labels: [String: String]?
    package var annotations: [String: String]?
    package var uid: String?
    package var resourceVersion: String?
    package var generation: Int64?
    package var creationTimestamp: Timestamp?
    package var deletionTimestamp: Timestamp?
    package var finalizers: [String]?
    package var ownerReferences: [OwnerReference]?

    package init(name: String? = nil, namespace: String? = nil, labels: [String: String]? = nil) {
        self.name = name
        self.namespace = namespace
        self.labels = labels
    }
}

package struct OwnerReference: Codable, Hashable, Sendable {
    package var apiVersion: String
    package var kind: String
    package var name: String
    package var uid: String
    package var controller: Bool?
    package var blockOwnerDeletion: Bool?
}
