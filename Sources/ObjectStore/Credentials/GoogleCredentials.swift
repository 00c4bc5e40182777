import Cryptography
import FoundationEssentials
package import HTTP
import HTTPTypes

/// The key of a Google service account: it signs a statement that Google exchanges for a token.
package struct GoogleServiceAccount: Sendable {
    private let email: String
    private let keyID: String?
    private let key: PrivateKey
    private let tokenURI: String

    private struct File: Decodable {
        var clientEmail: String
        var privateKey: String
        var privateKeyID: String?
        var tokenURI: String?

        enum CodingKeys: String, CodingKey {
            case clientEmail = "client_email"
            case privateKey = "private_key"
            case privateKeyID = "private_key_id"
            case tokenURI = "token_uri"
        }
    }

    static let scope = "https://www.googleapis.com/auth/devstorage.read_write"

    /// `json`: as Google hands it out. `trusts` says whether the signed statement may go to a token endpoint.
    package init(
        json: SecretBytes, trusts: (_ tokenURI: String) -> Bool = GoogleServiceAccount.isGoogle
    ) throws(StoreError) {
        guard let file = json.withUnsafeBytes({ try? JSONDecoder().decode(File.self, from: Data($0)) }) else {
            throw .noCredentials(reason: "the service account's JSON is not of the form that Google gives out")
        }
        do { key = try PrivateKey(pem: Array(file.privateKey.utf8)) } catch {
            throw .noCredentials(reason: "the service account's private_key does not load")
        }
        tokenURI = file.tokenURI ?? "https://oauth2.googleapis.com/token"
        guard trusts(tokenURI) else {
            throw .noCredentials(reason: "the service account's token_uri is not https on googleapis.com")
        }
        email = file.clientEmail
        keyID = file.privateKeyID
    }

    package static func isGoogle(_ uri: String) -> Bool {
        guard uri.hasPrefix("https://") else { return false }
        let host = uri.dropFirst(8).prefix { $0 != "/" }
        return host == "googleapis.com" || host.hasSuffix(".googleapis.com") && !host.contains { ":@?#\\".contains($0) }
    }

    package func fetch(_ environment: CredentialEnvironment) async throws -> GoogleToken {
        let now = environment.clock.now()
        let form =
            "grant_type=\(PercentEncoding.component("urn:ietf:params:oauth:grant-type:jwt-bearer"))&assertion=\(try assertion(at: now))"
        let request = Request(
            .post, tokenURI, headers: [.contentType: "application/x-www-form-urlencoded"],
            body: .bytes(Array(form.utf8)))
        let response = try await environment.ask("Google's token endpoint", request, over: environment.http)
        return try GoogleTokenAnswer.token(response.body, from: "Google's token endpoint", now: now)
    }

    /// A JSON Web Token signed with RS256, good for an hour.
    func assertion(at time: Date) throws -> String {
        struct Header: Encodable {
            var alg = "RS256"
            var typ = "JWT"
            var kid: String?
        }
        struct Claims: Encodable {
            var iss: String
            var scope: String
            var aud: String
            var iat: Int
            var exp: Int
        }
        let start = Int(time.timeIntervalSince1970)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let header = Self.base64URL(try encoder.encode(Header(kid: keyID)))
        let claims = Self.base64URL(
            try encoder.encode(
                Claims(iss: email, scope: Self.scope, aud: tokenURI, iat: start, exp: start + 3600)))
        let signature = try key.sign(Array("\(header).\(claims)".utf8), with: .rs256)
        return "\(header).\(claims).\(Self.base64URL(Data(signature)))"
    }

    private static func base64URL(_ data: Data) -> String {
        String(
            data.base64EncodedString().compactMap { character in
                switch character {
                case "+": "-"
                case "/": "_"
                case "=": nil
                default: character
                }
            })
    }
}

/// The token that the place a process runs in gives it: a key file that `GOOGLE_APPLICATION_CREDENTIALS` names, else the
/// metadata server of the machine or of GKE's Workload Identity.
package struct AmbientGoogleCredentials: Sendable {
    private let environment: CredentialEnvironment

    package init(_ environment: CredentialEnvironment) {
        self.environment = environment
    }

    package func fetch() async throws -> GoogleToken {
        if let path = environment.value("GOOGLE_APPLICATION_CREDENTIALS") {
            return try await GoogleServiceAccount(json: try environment.secret(inFile: path)).fetch(environment)
        }
        let host = environment.value("GCE_METADATA_HOST") ?? "metadata.google.internal"
        let flavor = HTTPField(name: .known("metadata-flavor"), value: "Google")
        let place = "the metadata server"
        let response = try await environment.ask(
            place,
            Request(
                .get, "http://\(host)/computeMetadata/v1/instance/service-accounts/default/token",
                headers: HTTPFields([flavor])),
            over: environment.local, deadlines: Deadlines(connect: .seconds(2), total: .seconds(10)))
        return try GoogleTokenAnswer.token(response.body, from: place, now: environment.clock.now())
    }
}
