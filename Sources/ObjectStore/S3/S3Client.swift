import Cryptography
import FoundationEssentials
import HTTP
import HTTPTypes
import Synchronization

/// Sends calls to one bucket: signs them, tries again where that may help, and learns from the store's answers what the
/// configuration does not say.
final class S3Client: Sendable {
    let location: S3Location
    private let http: HTTPClient
    /// `nil`: requests go unsigned, as public buckets and test servers take them.
    private let credentials: CredentialCache<AWSCredentials>?
    private let deadlines: StoreDeadlines
    private let policy: RetryPolicy
    private let clock: StoreClock
    private let learnt: Mutex<Learnt>

    private struct Learnt {
        var region: String
        /// Seconds that the store's clock is ahead of ours.
        var clockOffset: TimeInterval = 0
        var wantsContentMD5: Bool
    }

    init(
        _ location: S3Location, http: HTTPClient, credentials: CredentialCache<AWSCredentials>?,
        deadlines: StoreDeadlines, policy: RetryPolicy, clock: StoreClock, sendsContentMD5: Bool
    ) {
        self.location = location
        self.http = http
        self.credentials = credentials
        self.deadlines = deadlines
        self.policy = policy
        self.clock = clock
        learnt = Mutex(
            Learnt(region: location.region ?? S3Location.defaultRegion, wantsContentMD5: sendsContentMD5))
    }

    func uri(_ key: String) -> String { "s3://\(location.bucket)/\(key)" }

    /// The response to a call that succeeded, read whole. `accepting`: further statuses that are no failure.
    func send(_ call: S3Call, accepting statuses: Set<Int> = []) async throws -> Response {
        try await repeating(call) { request in
            let response = try await http.send(request, deadlines: deadlines[call.deadlines], bodyLimit: call.bodyLimit)
            let answer = S3Answer(response.head, body: response.body)
            if answer.code.isEmpty || !(200..<300).contains(answer.status), statuses.contains(answer.status) {
                return .done(response)
            }
            return (200..<300).contains(answer.status) && answer.code.isEmpty ? .done(response) : .refused(answer)
        }
    }

    /// Hands over the head and body of a response of 200 or 206 as it arrives. A failure from there on is the caller's.
    func stream(
        _ call: S3Call, receive: (ResponseHead, ResponseBody) async throws -> Void
    ) async throws {
        let result: Result<Void, any Error> = try await repeating(call) { request in
            try await http.withResponse(to: request, deadlines: deadlines[call.deadlines]) { head, body in
                guard head.status.code == 200 || head.status.code == 206 else {
                    return .refused(S3Answer(head, body: try await body.collect(upTo: 64 << 10)))
                }
                do { return .done(.success(try await receive(head, body))) } catch { return .done(.failure(error)) }
            }
        }
        try result.get()
    }

    private enum Attempt<Value> {
        case done(Value)
        case refused(S3Answer)
    }

    private func repeating<Value>(
        _ call: S3Call, _ attempt: (Request) async throws -> Attempt<Value>
    ) async throws -> Value {
        var corrections = S3Corrections()
        while true {
            let (region, offset) = learnt.withLock { ($0.region, $0.clockOffset) }
            let signer = try await credentials?.current()
            let outcome: S3Outcome
            do {
                switch try await attempt(try request(call, signer, region: region, offset: offset)) {
                case .done(let value): return value
                case .refused(let answer): outcome = .answered(answer)
                }
            } catch let error as HTTPError {
                outcome = .failed(error)
            }
            let step = S3Step.next(
                outcome, corrections, region: region, now: clock.now(), policy: policy, jitter: clock.jitter())
            switch step {
            case .retry(let pause):
                corrections.attempt += 1
                try await clock.sleep(pause)
            case .renewCredentials:
                corrections.renewals += 1
                guard let signer, try await credentials?.renewed(insteadOf: signer) != nil else {
                    throw failure(of: call, outcome, corrections)
                }
            case .correctClock(let offset):
                corrections.hasCorrectedClock = true
                learnt.withLock { $0.clockOffset = offset }
            case .move(let region):
                corrections.hasMoved = true
                learnt.withLock { $0.region = region }
            case .addContentMD5:
                corrections.hasAddedMD5 = true
                learnt.withLock { $0.wantsContentMD5 = true }
            case .accept, .giveUp:
                throw failure(of: call, outcome, corrections)
            }
        }
    }

    /// `call` as it goes out: where to, signed when and by whom.
    func request(
        _ call: S3Call, _ signer: AWSCredentials?, region: String, offset: TimeInterval
    ) throws -> Request {
        let target = try location.target(key: call.key, region: region)
        let query = call.encodedQuery
        var fields = call.fields
        if let body = call.body, learnt.withLock(\.wantsContentMD5) {
            fields.append(("content-md5", Data(try body.digest(.md5).bytes).base64EncodedString()))
        }
        var request = Request(
            call.method, target.url(query.map { "\($0.name)=\($0.value)" }.joined(separator: "&")),
            body: call.body?.requestBody() ?? .none)
        if let signer {
            let time = clock.now().addingTimeInterval(offset)
            // Over TLS nothing can change on the way, so that the store need not digest it either.
            let payload =
                if let body = call.body, body.count > 0 {
                    target.isSecure ? SignatureV4.unsignedPayload : try body.digest(.sha256).description
                } else { SignatureV4.emptyPayload }
            fields += [("x-amz-content-sha256", payload), ("x-amz-date", S3Time.stamp(time))]
            var signed = fields.filter { $0.name.hasPrefix("x-amz-") || $0.name == "content-md5" }
            signed.append(("host", target.host))
            if let token = signer.sessionToken {
                // Signed like a field of ours, but kept out of those that may be printed.
                signed.append(("x-amz-security-token", token.reveal()))
                request.authorization = .token(token, field: .known("x-amz-security-token"))
            }
            let signature = SignatureV4(
                method: call.method.rawValue, path: target.path, query: query, headers: signed, payload: payload,
                time: time, region: region)
            fields.append(("authorization", try signature.authorization(signer)))
        }
        for field in fields {
            guard let name = HTTPField.Name(field.name) else { continue }
            request.headers.append(HTTPField(name: name, value: field.value))
        }
        return request
    }

    private func failure(of call: S3Call, _ outcome: S3Outcome, _ corrections: S3Corrections) -> StoreError {
        let place = uri(call.subject ?? call.key)
        switch outcome {
        case .failed(let error):
            return .unreachable(place, call.operation, error, attempts: corrections.attempt)
        case .answered(let answer):
            return StoreError(answer, call.operation, place)
        }
    }
}

extension StoreError {
    init(_ answer: S3Answer, _ operation: Operation, _ place: String) {
        self =
            switch (answer.status, answer.code) {
            case (404, "NoSuchBucket"): .noBucket(place)
            case (404, "NoSuchKey"), (404, ""): .notFound(place)
            // An answer to HEAD has no body that could say why.
            case (403, "") where operation == .head:
                .denied(
                    place, operation,
                    reason: "403 without a reason: the keys may be wrong, or s3:GetObject or s3:ListBucket is missing")
            // In a versioned bucket also where the lock forbids it.
            case (403, _): .denied(place, operation, reason: answer.words)
            case (412, _) where operation == .read: .changed(place)
            case (412, _), (409, "ConditionalRequestConflict"): .exists(place)
            default:
                .refused(place, operation, status: answer.status, code: answer.code, message: answer.message)
            }
    }
}

extension S3Answer {
    /// In words, for messages.
    var words: String {
        let texts = [code, message].filter { !$0.isEmpty }
        return texts.isEmpty ? "\(status), without a reason" : texts.joined(separator: ", ")
    }
}
