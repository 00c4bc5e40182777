package import EtcdRecoverModel

/// What an AdmissionReview asks about, without the objects.
package struct AdmissionRequest: Sendable, Hashable {
    package var uid: String
    package var kind: GroupVersionKind
    /// `status`, `scale`; nil for the object itself.
    package var subResource: String?
    package var operation: Operation
    package var name: String?
    package var namespace: String?
    package var userInfo: UserInfo?

    package enum Operation: String, CaseIterable, Decodable, Hashable, Sendable {
        case create = "CREATE"
        case update = "UPDATE"
        case delete = "DELETE"
        case connect = "CONNECT"
    }
}

extension AdmissionRequest {
    enum CodingKeys: String, CodingKey {
        case uid, kind, subResource, operation, name, namespace, userInfo, object, oldObject
    }

    init(from container: KeyedDecodingContainer<CodingKeys>) throws {
        uid = try container.decode(String.self, forKey: .uid)
        kind = try container.decode(GroupVersionKind.self, forKey: .kind)
        subResource = try container.decodeIfPresent(String.self, forKey: .subResource)
        operation = try container.decode(Operation.self, forKey: .operation)
        name = try container.decodeIfPresent(String.self, forKey: .name)
        namespace = try container.decodeIfPresent(String.self, forKey: .namespace)
        userInfo = try container.decodeIfPresent(UserInfo.self, forKey: .userInfo)
    }
}
