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

extension ObjectMeta {
    /// By creation, and by name where that was in the same second. False where either is not stored yet.
    package func isOlder(than other: ObjectMeta) -> Bool {
        guard let mine = creationTimestamp?.rawValue, let theirs = other.creationTimestamp?.rawValue else {
            return false
        }
        return (mine, name ?? "") < (theirs, other.name ?? "")
    }
}

extension ObjectMeta {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        name = try container.decodeIfPresent(String.self, forKey: .name)
        generateName = try container.decodeIfPresent(String.self, forKey: .generateName)
        namespace = try container.decodeIfPresent(String.self, forKey: .namespace)
        if decoder.userInfo[.skipsLabelsAndAnnotations] == nil {
            labels = try container.decodeIfPresent([String: String].self, forKey: .labels)
            annotations = try container.decodeIfPresent([String: String].self, forKey: .annotations)
        }
        uid = try container.decodeIfPresent(String.self, forKey: .uid)
        resourceVersion = try container.decodeIfPresent(String.self, forKey: .resourceVersion)
        generation = try container.decodeIfPresent(Int64.self, forKey: .generation)
        creationTimestamp = try container.decodeIfPresent(Timestamp.self, forKey: .creationTimestamp)
        deletionTimestamp = try container.decodeIfPresent(Timestamp.self, forKey: .deletionTimestamp)
        finalizers = try container.decodeIfPresent([String].self, forKey: .finalizers)
        ownerReferences = try container.decodeIfPresent([OwnerReference].self, forKey: .ownerReferences)
    }
}

extension CodingUserInfoKey {
    /// Set to anything, it leaves out labels and annotations. They are two thirds of what reading metadata costs, since
    /// kubectl keeps the whole object in an annotation, and the API server has checked them before it asks anybody.
    package static let skipsLabelsAndAnnotations = CodingUserInfoKey(rawValue: "skipsLabelsAndAnnotations")
        .unsafelyUnwrapped
}

package struct OwnerReference: Codable, Hashable, Sendable {
    package var apiVersion: String
    package var kind: String
    package var name: String
    package var uid: String
    package var controller: Bool?
    package var blockOwnerDeletion: Bool?

    package init(apiVersion: String, kind: String, name: String, uid: String) {
        self.apiVersion = apiVersion
        self.kind = kind
        self.name = name
        self.uid = uid
    }
}
