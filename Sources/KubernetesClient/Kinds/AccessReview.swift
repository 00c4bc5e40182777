package import EtcdRecoverModel
import HTTP
import HTTPTypes

/// One thing that somebody may or may not do.
package struct ResourceAccess: Codable, Hashable, Sendable {
    /// `get`, `create`, `*`.
    package var verb: String
    package var group: String
    /// Plural: `secrets`.
    package var resource: String
    package var subresource: String?
    /// Nil: in all namespaces.
    package var namespace: String?
    /// Nil: any of them.
    package var name: String?

    package init(
        verb: String, group: String, resource: String, subresource: String? = nil, namespace: String? = nil,
        name: String? = nil
    ) {
        self.verb = verb
        self.group = group
        self.resource = resource
        self.subresource = subresource
        self.namespace = namespace
        self.name = name
    }
}

package struct AccessDecision: Equatable, Sendable {
    package var isAllowed: Bool
    /// The authorizer's, often empty.
    package var reason: String
}

extension KubernetesClient {
    /// Asks the API server, by SubjectAccessReview, or SelfSubjectAccessReview when `user` is nil.
    package func mayAccess(
        _ access: ResourceAccess, user: UserInfo?, within: Duration? = nil
    ) async throws -> AccessDecision {
        let kind = user == nil ? "SelfSubjectAccessReview" : "SubjectAccessReview"
        let review = AccessReview(
            kind: kind,
            spec: .init(
                resourceAttributes: access, user: user?.username, uid: user?.uid, groups: user?.groups,
                extra: user?.extra))
        // A review stores nothing, so it may be repeated.
        let call = Call(
            method: .post, path: "/apis/authorization.k8s.io/v1/\(kind.lowercased())s", body: try encode(review),
            within: within)
        let answer = try await decode(AccessAnswer.self, from: perform(call).body, of: call, as: kind)
        return AccessDecision(
            isAllowed: answer.status?.allowed == true && answer.status?.denied != true,
            reason: answer.status?.reason ?? answer.status?.evaluationError ?? "")
    }
}

private struct AccessReview: Encodable {
    struct Spec: Encodable {
        var resourceAttributes: ResourceAccess?
        var user: String?
        var uid: String?
        var groups: [String]?
        var extra: [String: [String]]?
    }
    var apiVersion = "authorization.k8s.io/v1"
    var kind: String
    var spec: Spec
}

/// The review as it comes back; its spec leaves empty fields out.
private struct AccessAnswer: Decodable {
    struct Status: Decodable {
        var allowed: Bool
        var denied: Bool?
        var reason: String?
        var evaluationError: String?
    }
    var status: Status?
}
