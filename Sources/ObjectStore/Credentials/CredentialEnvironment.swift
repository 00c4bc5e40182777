import FoundationEssentials
import Glibc
package import HTTP
import HTTPTypes

/// What ambient credentials are looked up with: the process' environment, its files and the network.
package struct CredentialEnvironment: Sendable {
    package var variable: @Sendable (String) -> String?
    /// For token endpoints on the Internet.
    package var http: HTTPClient
    /// For metadata services on this machine or its link, which no proxy reaches.
    package var local: HTTPClient
    package var clock: StoreClock

    package init(
        variable: @escaping @Sendable (String) -> String? = { name in getenv(name).map { String(cString: $0) } },
        http: HTTPClient, local: HTTPClient, clock: StoreClock = .system
    ) {
        self.variable = variable
        self.http = http
        self.local = local
        self.clock = clock
    }

    /// `nil` where it is unset or empty.
    func value(_ name: String) -> String? { variable(name).flatMap { $0.isEmpty ? nil : $0 } }

    /// The content of a small file that holds a secret, without white space around it.
    func secret(inFile path: String, limit: Int = 64 << 10) throws(StoreError) -> SecretBytes {
        let bytes: [UInt8]
        do { bytes = try readSmallFile(path, limit: limit) } catch {
            throw .noCredentials(reason: error.description)
        }
        let isSpace: (UInt8) -> Bool = { $0 <= 0x20 }
        guard let first = bytes.firstIndex(where: { !isSpace($0) }), let last = bytes.lastIndex(where: { !isSpace($0) })
        else { throw .noCredentials(reason: "\(path) is empty") }
        return SecretBytes(bytes[first...last])
    }

    /// The answer to a request for credentials. What it says is never repeated in an error.
    func ask(
        _ place: String, _ request: Request, over client: HTTPClient, deadlines: Deadlines = .call
    ) async throws -> Response {
        var attempt = 1
        while true {
            let problem: StoreError
            var mayRetry = true
            do {
                let response = try await client.send(request, deadlines: deadlines, bodyLimit: 256 << 10)
                let status = response.status.code
                guard status != 200 else { return response }
                let code = S3Answer.errorElement(response.body)?.text("Code") ?? ""
                problem = .noCredentials(reason: "\(place) answered \(status)\(code.isEmpty ? "" : " " + code)")
                mayRetry = status >= 500 || status == 429
            } catch let error as HTTPError {
                problem = .noCredentials(reason: "\(place): \(error)")
                mayRetry = error.isTransient
            }
            guard mayRetry, let pause = Self.policy.pause(after: attempt, jitter: clock.jitter()) else { throw problem }
            attempt += 1
            try await clock.sleep(pause)
        }
    }

    private static let policy = RetryPolicy(attempts: 3)
}
