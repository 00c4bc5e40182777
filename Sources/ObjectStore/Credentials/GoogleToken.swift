package import FoundationEssentials
package import HTTP

/// A bearer token for Google's APIs.
package struct GoogleToken: Expiring {
    package var token: SecretBytes
    package var expiration: Date?

    package init(token: SecretBytes, expiration: Date?) {
        self.token = token
        self.expiration = expiration
    }
}

/// What both the token endpoint and the metadata server answer with.
struct GoogleTokenAnswer: Decodable {
    var accessToken: String
    var lifetime: Int?

    enum CodingKeys: String, CodingKey {
        case accessToken = "access_token"
        case lifetime = "expires_in"
    }

    static func token(_ body: [UInt8], from place: String, now: Date) throws(StoreError) -> GoogleToken {
        guard let answer = try? JSONDecoder().decode(GoogleTokenAnswer.self, from: Data(body)) else {
            throw .noCredentials(reason: "\(place) gave no token")
        }
        return GoogleToken(
            token: SecretBytes(answer.accessToken),
            expiration: now.addingTimeInterval(TimeInterval(min(max(0, answer.lifetime ?? 3600), 86_400))))
    }
}
