import HTTP
import HTTPTypes

extension KubernetesClient {
    /// Sends, with retries within the deadline. Returns 2xx responses only.
    func perform(_ call: Call) async throws -> Response {
        let limit = call.within ?? configuration.requestTimeout ?? Limits.requestTimeout
        var presented = try await currentCredentials()
        let end = ContinuousClock.now + limit
        var mayRefresh = true
        var attempt = 0
        var last: String?
        while true {
            attempt += 1
            try await pacer?.waitForTurn()
            let outcome: RetryPolicy.Outcome
            let error: KubernetesError
            do {
                let response = try await send(call, presenting: presented, within: remaining(until: end))
                if let onWarning { ServerWarnings.texts(in: response.headers).forEach(onWarning) }
                if (200..<300).contains(response.status.code) { return response }
                let failure = APIFailure(response.head, response.body, to: description(of: call), hiding: presented)
                if failure.code == 401, mayRefresh, let renewed = try await renewedCredentials(instead: presented) {
                    mayRefresh = false
                    presented = renewed
                    last = failure.description
                    continue
                }
                outcome = .answered(code: failure.code, retryAfter: failure.retryAfter)
                error = .api(failure)
            } catch HTTPError.timedOut(_, .total, _) {
                throw KubernetesError.timedOut(request: description(of: call), after: limit, last: last)
            } catch let failure as HTTPError {
                outcome = .failed(failure)
                error = .transport(failure, request: description(of: call))
            }
            guard
                let pause = RetryPolicy.pause(
                    after: outcome, attempt: attempt, isRepeatable: call.isRepeatable,
                    remaining: remaining(until: end), jitter: .random(in: 0...1))
            else { throw error }
            last = error.description
            try await Task.sleep(for: pause)
        }
    }

    private func send(_ call: Call, presenting credentials: Credentials, within limit: Duration) async throws
        -> Response
    {
        try await http(presenting: credentials.certificate).send(
            request(for: call, presenting: credentials),
            deadlines: Deadlines(connect: min(limit, .seconds(10)), total: limit, idle: nil), bodyLimit: call.bodyLimit)
    }

    func request(for call: Call, presenting credentials: Credentials) -> Request {
        var headers: HTTPFields = [.accept: "application/json"]
        if call.body != nil { headers[.contentType] = call.contentType }
        if let impersonation = configuration.impersonation { headers.append(contentsOf: impersonation.fields) }
        return Request(
            call.method, configuration.server + call.path + ResourcePath.query(call.query), headers: headers,
            authorization: credentials.authorization, body: call.body.map { .bytes($0) } ?? .none)
    }

    /// Method and URL for messages; queries say little and are long.
    func description(of call: Call) -> String {
        "\(call.method.rawValue) \(configuration.server)\(call.path)"
    }

    func currentCredentials() async throws -> Credentials {
        do {
            return try await credentials.current()
        } catch let error as CredentialError {
            throw KubernetesError.credentials(error)
        }
    }

    /// Other credentials than those the server refused; nil when there are none.
    func renewedCredentials(instead refused: Credentials) async throws -> Credentials? {
        do {
            return try await credentials.renewed(instead: refused)
        } catch let error as CredentialError {
            throw KubernetesError.credentials(error)
        }
    }

    private func remaining(until end: ContinuousClock.Instant) -> Duration {
        max(ContinuousClock.now.duration(to: end), .milliseconds(1))
    }
}

extension Impersonation {
    fileprivate var fields: HTTPFields {
        var fields = HTTPFields()
        func add(_ name: String, _ value: String) {
            guard let name = HTTPField.Name(name) else { return }
            fields.append(HTTPField(name: name, value: value))
        }
        add("Impersonate-User", user)
        if let uid { add("Impersonate-Uid", uid) }
        for group in groups { add("Impersonate-Group", group) }
        for (key, values) in extra.sorted(by: { $0.key < $1.key }) {
            for value in values { add("Impersonate-Extra-\(ResourcePath.percentEncoded(key))", value) }
        }
        return fields
    }
}
