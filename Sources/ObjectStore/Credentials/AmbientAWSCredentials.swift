import FoundationEssentials
import HTTP
import HTTPTypes

/// The credentials that the place a process runs in gives it, in the order in which Amazon's own tools look: environment,
/// IRSA (a web identity token, exchanged at STS), EKS Pod Identity or ECS, the instance's role (IMDSv2).
package struct AmbientAWSCredentials: Sendable {
    private let environment: CredentialEnvironment
    private let region: String

    /// `region`: where STS is asked.
    package init(_ environment: CredentialEnvironment, region: String?) {
        self.environment = environment
        self.region = region ?? environment.value("AWS_REGION") ?? S3Location.defaultRegion
    }

    /// Reads files and asks services anew at each call; `CredentialCache` keeps the answer.
    package func fetch() async throws -> AWSCredentials {
        switch (environment.value("AWS_ACCESS_KEY_ID"), environment.value("AWS_SECRET_ACCESS_KEY")) {
        case (let id?, let secret?):
            return AWSCredentials(
                accessKeyID: id, secretAccessKey: SecretBytes(secret),
                sessionToken: environment.value("AWS_SESSION_TOKEN").map { SecretBytes($0) })
        // Whoever gave one meant these, not the next in the order.
        case (_?, nil):
            throw StoreError.noCredentials(reason: "AWS_ACCESS_KEY_ID is set, and AWS_SECRET_ACCESS_KEY is not")
        case (nil, _?):
            throw StoreError.noCredentials(reason: "AWS_SECRET_ACCESS_KEY is set, and AWS_ACCESS_KEY_ID is not")
        case (nil, nil): break
        }
        if let file = environment.value("AWS_WEB_IDENTITY_TOKEN_FILE"), let role = environment.value("AWS_ROLE_ARN") {
            return try await webIdentity(tokenFile: file, role: role)
        }
        if let uri = environment.value("AWS_CONTAINER_CREDENTIALS_FULL_URI") {
            return try await container(uri)
        }
        if let path = environment.value("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI") {
            return try await container("http://169.254.170.2\(path)")
        }
        guard environment.value("AWS_EC2_METADATA_DISABLED")?.lowercased() != "true" else {
            throw StoreError.noCredentials(
                reason: "none in the environment and the instance's metadata service is switched off; name a Secret")
        }
        return try await instance()
    }

    // MARK: IRSA

    /// The token file is read for each exchange: it is replaced about daily, the session ends within the hour.
    private func webIdentity(tokenFile: String, role: String) async throws -> AWSCredentials {
        let token = try environment.secret(inFile: tokenFile)
        let session = environment.value("AWS_ROLE_SESSION_NAME") ?? "etcdrecover"
        let form = [
            ("Action", "AssumeRoleWithWebIdentity"), ("Version", "2011-06-15"), ("RoleArn", role),
            ("RoleSessionName", session), ("WebIdentityToken", token.reveal()),
        ].map { "\($0.0)=\(PercentEncoding.component($0.1))" }.joined(separator: "&")
        let endpoint =
            environment.value("AWS_ENDPOINT_URL_STS") ?? "https://sts.\(region).\(S3Location.domain(of: region))"
        let response = try await environment.ask(
            "STS at \(endpoint)",
            Request(
                .post, endpoint + "/", headers: [.contentType: "application/x-www-form-urlencoded"],
                body: .bytes(Array(form.utf8))),
            over: environment.http)
        guard let root = try? XMLReader.read(response.body),
            let found = root["AssumeRoleWithWebIdentityResult"]?["Credentials"], let id = found.text("AccessKeyId"),
            let secret = found.text("SecretAccessKey"), let sessionToken = found.text("SessionToken"),
            let expiration = found.text("Expiration").flatMap(S3Time.iso8601)
        else { throw StoreError.noCredentials(reason: "STS at \(endpoint) gave no credentials") }
        return AWSCredentials(
            accessKeyID: id, secretAccessKey: SecretBytes(secret), sessionToken: SecretBytes(sessionToken),
            expiration: expiration)
    }

    // MARK: Pod Identity and ECS

    private func container(_ uri: String) async throws -> AWSCredentials {
        guard Self.isTrusted(uri) else {
            throw StoreError.noCredentials(
                reason: "AWS_CONTAINER_CREDENTIALS_FULL_URI is neither https nor an address of this machine or its link"
            )
        }
        var request = Request(.get, uri)
        if let file = environment.value("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE") {
            request.authorization = .token(try environment.secret(inFile: file), field: .authorization)
        } else if let token = environment.value("AWS_CONTAINER_AUTHORIZATION_TOKEN") {
            request.authorization = .token(SecretBytes(token), field: .authorization)
        }
        let response = try await environment.ask(
            "the container's credentials service", request, over: environment.local)
        return try Answer.credentials(response.body, from: "the container's credentials service")
    }

    static func isTrusted(_ uri: String) -> Bool {
        if uri.hasPrefix("https://") { return true }
        guard uri.hasPrefix("http://") else { return false }
        let authority = uri.dropFirst(7).prefix { !"/?#".contains($0) }
        guard !authority.contains("@") else { return false }
        let hosts = ["127.0.0.1", "localhost", "[::1]", "169.254.170.2", "169.254.170.23", "[fd00:ec2::23]"]
        return hosts.contains { host in
            authority == host
                || authority.hasPrefix(host + ":") && authority.dropFirst(host.count + 1).allSatisfy(\.isNumber)
        }
    }

    // MARK: IMDSv2

    private func instance() async throws -> AWSCredentials {
        let place = "the instance's metadata service"
        let base = environment.value("AWS_EC2_METADATA_SERVICE_ENDPOINT") ?? "http://169.254.169.254"
        // Where there is none, nobody answers.
        let deadlines = Deadlines(connect: .seconds(2), total: .seconds(5))
        let lifetime = HTTPField(name: .known("x-aws-ec2-metadata-token-ttl-seconds"), value: "21600")
        let token = try await environment.ask(
            place, Request(.put, "\(base)/latest/api/token", headers: HTTPFields([lifetime])), over: environment.local,
            deadlines: deadlines)
        func get(_ path: String) async throws -> Response {
            var request = Request(.get, "\(base)/latest/meta-data/iam/security-credentials/\(path)")
            request.authorization = .token(SecretBytes(token.body), field: .known("x-aws-ec2-metadata-token"))
            return try await environment.ask(place, request, over: environment.local, deadlines: deadlines)
        }
        let role = String(decoding: try await get("").body, as: UTF8.self).prefix { !$0.isNewline }
        guard !role.isEmpty else { throw StoreError.noCredentials(reason: "the instance has no role") }
        return try Answer.credentials(try await get(PercentEncoding.component(String(role))).body, from: place)
    }

    /// What the container's and the instance's service answer with.
    private struct Answer: Decodable {
        var accessKeyID: String
        var secretAccessKey: String
        var token: String
        var expiration: String

        enum CodingKeys: String, CodingKey {
            case accessKeyID = "AccessKeyId"
            case secretAccessKey = "SecretAccessKey"
            case token = "Token"
            case expiration = "Expiration"
        }

        static func credentials(_ body: [UInt8], from place: String) throws(StoreError) -> AWSCredentials {
            guard let answer = try? JSONDecoder().decode(Answer.self, from: Data(body)),
                let expiration = S3Time.iso8601(answer.expiration)
            else { throw .noCredentials(reason: "\(place) gave no credentials") }
            return AWSCredentials(
                accessKeyID: answer.accessKeyID, secretAccessKey: SecretBytes(answer.secretAccessKey),
                sessionToken: SecretBytes(answer.token), expiration: expiration)
        }
    }
}
