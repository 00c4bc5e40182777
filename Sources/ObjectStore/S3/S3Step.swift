import FoundationEssentials
import HTTP

/// What has been set right for a request so far; each of it once.
struct S3Corrections: Equatable {
    var attempt = 1
    var hasCorrectedClock = false
    var hasMoved = false
    var renewals = 0
    var hasAddedMD5 = false
}

enum S3Outcome: Equatable {
    case answered(S3Answer)
    case failed(HTTPError)
}

/// What to do about the outcome of a request. No clock, no network: every input is an argument.
enum S3Step: Equatable {
    case accept
    case retry(after: Duration)
    case renewCredentials
    /// Seconds to add to our own clock.
    case correctClock(TimeInterval)
    case move(toRegion: String)
    case addContentMD5
    case giveUp

    static func next(
        _ outcome: S3Outcome, _ corrections: S3Corrections, region: String, now: Date, policy: RetryPolicy,
        jitter: Double
    ) -> S3Step {
        func retry(_ asked: Duration? = nil) -> S3Step {
            policy.pause(after: corrections.attempt, jitter: jitter, asked: asked).map { .retry(after: $0) } ?? .giveUp
        }
        switch outcome {
        case .failed(let error): return error.isTransient ? retry() : .giveUp
        case .answered(let answer):
            switch (answer.status, answer.code) {
            case (200..<300, ""): return .accept
            case (_, "RequestTimeTooSkewed"):
                guard !corrections.hasCorrectedClock, let date = answer.date else { return .giveUp }
                return .correctClock(date.timeIntervalSince(now))
            case (301, _), (302, _), (307, _), (308, _), (400, "AuthorizationHeaderMalformed"),
                (400, "IllegalLocationConstraintException"):
                return move(to: answer.region, corrections, from: region)
            // A HEAD has no body, so no code: the field alone tells.
            case (400, "") where answer.region != nil && answer.region != region:
                return move(to: answer.region, corrections, from: region)
            case (_, let code) where expiredCodes.contains(code):
                return corrections.renewals < 2 ? .renewCredentials : .giveUp
            case (403, "") where isSkewed(answer, now) && !corrections.hasCorrectedClock:
                return .correctClock(answer.date?.timeIntervalSince(now) ?? 0)
            // An expired token too is told without a word where the answer has no body.
            case (400, ""), (403, ""):
                return corrections.renewals < 1 ? .renewCredentials : .giveUp
            case (400, "InvalidRequest") where answer.message.contains("Content-MD5"), (400, "MissingContentMD5"):
                return corrections.hasAddedMD5 ? .giveUp : .addContentMD5
            // The connection's fault, not the request's.
            case (400, "RequestTimeout"), (400, "IncompleteBody"), (400, "BadDigest"),
                (400, "XAmzContentSHA256Mismatch"), (408, _), (425, _), (429, _), (500, _), (502, _), (503, _),
                (504, _):
                return retry(answer.retryAfter)
            // An error within a 200: only these mean that another try may do.
            case (200, let code) where ["InternalError", "SlowDown", "ServiceUnavailable"].contains(code):
                return retry(answer.retryAfter)
            default: return .giveUp
            }
        }
    }

    /// S3 takes a quarter of an hour either way, and a HEAD that it refuses does not say why.
    private static func isSkewed(_ answer: S3Answer, _ now: Date) -> Bool {
        answer.date.map { abs($0.timeIntervalSince(now)) > 600 } ?? false
    }

    private static func move(to region: String?, _ corrections: S3Corrections, from current: String) -> S3Step {
        guard let region, region != current, !corrections.hasMoved else { return .giveUp }
        return .move(toRegion: region)
    }

    private static let expiredCodes: Set = [
        "ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired", "InvalidToken", "InvalidAccessKeyId",
    ]
}
