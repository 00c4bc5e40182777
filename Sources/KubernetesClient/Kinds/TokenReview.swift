package import EtcdRecoverModel
package import HTTP
import HTTPTypes

extension KubernetesClient {
    /// Whose token that is, by TokenReview; nil where it is nobody's, or for another audience.
    package func user(
        ofToken token: SecretBytes, audience: String, within: Duration? = nil
    ) async throws -> UserInfo? {
        let review = TokenReview(spec: .init(token: token.reveal(), audiences: [audience]))
        // A review stores nothing, so it may be repeated.
        let call = Call(
            method: .post, path: "/apis/authentication.k8s.io/v1/tokenreviews", body: try encode(review),
            within: within)
        let answer = try await decode(TokenAnswer.self, from: perform(call).body, of: call, as: "TokenReview")
        // An API server that knows no audiences names none.
        guard let status = answer.status, status.authenticated == true, status.audiences?.contains(audience) == true
        else { return nil }
        return status.user
    }
}

private struct TokenReview: Encodable {
    struct Spec: Encodable {
        var token: String
        var audiences: [String]
    }
    var apiVersion = "authentication.k8s.io/v1"
    var kind = "TokenReview"
    var spec: Spec
}

private struct TokenAnswer: Decodable {
    struct Status: Decodable {
        var authenticated: Bool?
        var user: UserInfo?
        var audiences: [String]?
    }
    var status: Status?
}
