import FoundationEssentials
import HTTP
import HTTPTypes

/// Sends requests to one bucket over the JSON API: with a token, and again where that may help.
struct GCSClient: Sendable {
    let location: GCSLocation
    let http: HTTPClient
    let token: CredentialCache<GoogleToken>?
    let deadlines: StoreDeadlines
    let policy: RetryPolicy
    let clock: StoreClock

    struct Call: Sendable {
        var operation: StoreError.Operation
        var method: HTTPRequest.Method
        var key: String
        var url: String
        var headers: HTTPFields = [:]
        var body = RequestBody.none
        var deadlines = StoreDeadlines.Kind.call
        var bodyLimit = 16 << 20
    }

    func uri(_ key: String) -> String { "gs://\(location.bucket)/\(key)" }

    /// The response, once it has one of `statuses`. Every request here may be sent twice: writes go under conditions.
    func send(_ call: Call, accepting statuses: Set<Int> = [200]) async throws -> Response {
        var attempt = 1
        while true {
            do {
                return try await once(call, accepting: statuses)
            } catch let failure as Transient {
                try await wait(after: &attempt, failure, call)
            }
        }
    }

    /// A failure that another try may mend.
    struct Transient: Error {
        var cause: StoreError
        var retryAfter: Duration?
    }

    /// One try, and another with a new token where the first was refused.
    func once(_ call: Call, accepting statuses: Set<Int>) async throws -> Response {
        try await withToken(call) { request in
            let response = try await http.send(request, deadlines: deadlines[call.deadlines], bodyLimit: call.bodyLimit)
            return (response.head, statuses.contains(response.status.code) ? nil : response.body, response)
        }
    }

    /// Hands over a response of 200 or 206 as it arrives; from there on a failure is the caller's.
    func stream(_ call: Call, receive: (ResponseHead, ResponseBody) async throws -> Void) async throws {
        var attempt = 1
        while true {
            do {
                let result: Result<Void, any Error> = try await withToken(call) { request in
                    try await http.withResponse(to: request, deadlines: deadlines[call.deadlines]) { head, body in
                        guard [200, 206].contains(head.status.code) else {
                            return (head, try await body.collect(upTo: 64 << 10), .success(()))
                        }
                        do { return (head, nil, .success(try await receive(head, body))) } catch {
                            return (head, nil, .failure(error))
                        }
                    }
                }
                return try result.get()
            } catch let failure as Transient {
                try await wait(after: &attempt, failure, call)
            }
        }
    }

    func wait(after attempt: inout Int, _ failure: Transient, _ call: Call) async throws {
        guard let pause = policy.pause(after: attempt, jitter: clock.jitter(), asked: failure.retryAfter) else {
            if case .unreachable(let place, let operation, let error, _) = failure.cause {
                throw StoreError.unreachable(place, operation, error, attempts: attempt)
            }
            throw failure.cause
        }
        attempt += 1
        try await clock.sleep(pause)
    }

    /// `attempt` returns the body of what was refused.
    private func withToken<Value>(
        _ call: Call, _ attempt: (Request) async throws -> (ResponseHead, refused: [UInt8]?, Value)
    ) async throws -> Value {
        var hasRenewed = false
        while true {
            let signer = try await token?.current()
            var request = Request(call.method, call.url, headers: call.headers, body: call.body)
            request.authorization = signer.map { .bearer($0.token) }
            let (head, refused, value): (ResponseHead, [UInt8]?, Value)
            do {
                (head, refused, value) = try await attempt(request)
            } catch let error as HTTPError {
                let cause = StoreError.unreachable(uri(call.key), call.operation, error, attempts: 1)
                throw error.isTransient ? Transient(cause: cause) : cause
            }
            guard let refused else { return value }
            if head.status.code == 401, !hasRenewed, let signer {
                hasRenewed = true
                if try await token?.renewed(insteadOf: signer) != nil { continue }
            }
            throw failure(call, head, refused)
        }
    }

    private func failure(_ call: Call, _ head: ResponseHead, _ body: [UInt8]) -> any Error {
        let place = uri(call.key)
        let (code, message) = GCSFailure.words(body)
        let status = head.status.code
        switch status {
        case 404 where message.contains("bucket"): return StoreError.noBucket(place)
        case 404: return StoreError.notFound(place)
        case 412 where call.operation == .read: return StoreError.changed(place)
        case 412: return StoreError.exists(place)
        case 403 where ["retentionPolicyNotMet", "objectUnderActiveHold"].contains(code):
            return StoreError.locked(place, reason: message)
        case 401, 403:
            return StoreError.denied(place, call.operation, reason: message.isEmpty ? "\(status)" : message)
        default:
            let cause = StoreError.refused(place, call.operation, status: status, code: code, message: message)
            guard status >= 500 || status == 429 || status == 408 else { return cause }
            let retryAfter = head.headers[.retryAfter].flatMap { Int($0) }.map {
                Duration.seconds(min(max(0, $0), 3600))
            }
            return Transient(cause: cause, retryAfter: retryAfter)
        }
    }
}
