import Admission
import EtcdRecoverModel
import HTTPTypes

/// What a review is for.
enum ReviewPurpose: Hashable {
    case judging(AdmissionStage)
    case injecting(InjectionTarget)

    init?(path: Substring) {
        if let stage = AdmissionStage.allCases.first(where: { path == "/\($0.rawValue)" }) {
            self = .judging(stage)
        } else if let target = InjectionTarget(path: path) {
            self = .injecting(target)
        } else {
            return nil
        }
    }

    /// For logs; without what it is about.
    var path: String {
        switch self {
        case .judging(let stage): "/\(stage.rawValue)"
        case .injecting: "/inject"
        }
    }
}

/// What a request's head says should happen, before a byte of its body is read.
enum ReviewRoute: Equatable {
    /// Read the body and judge it; the API server waits `timeout` for the answer.
    case review(ReviewPurpose, timeout: Duration)
    case refuse(Refusal)

    /// An API server sends at most what etcd takes, 1.5 MiB, twice in an update.
    static let bodyLimit = 3 << 20
    /// What Kubernetes waits where a webhook configuration says nothing.
    static let defaultTimeout: Duration = .seconds(10)
    /// The most that Kubernetes lets a webhook configuration say.
    static let longestTimeout: Duration = .seconds(30)

    init(_ head: HTTPRequest) {
        let target = (head.path ?? "").split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        guard let purpose = ReviewPurpose(path: target[0]) else {
            self = .refuse(.notFound(target[0]))
            return
        }
        guard head.method == .post else {
            self = .refuse(.methodNotAllowed(head.method, allowed: "POST"))
            return
        }
        let contentType = head.headerFields[.contentType]
        guard Self.isJSON(contentType) else {
            self = .refuse(.unsupportedMediaType(contentType))
            return
        }
        if let length = head.headerFields[.contentLength].flatMap({ Int($0) }), length > Self.bodyLimit {
            self = .refuse(.tooLarge)
            return
        }
        self = .review(purpose, timeout: Self.timeout(inQuery: target.count > 1 ? target[1] : ""))
    }

    /// `application/json`, in any case, with or without parameters.
    private static func isJSON(_ contentType: String?) -> Bool {
        guard let contentType else { return false }
        if contentType == "application/json" { return true }
        let type = contentType.prefix { $0 != ";" }
        return type.lowercased().trimmingPrefix(" ").split(separator: " ").first == "application/json"
            && type.split(separator: " ").count == 1
    }

    /// The `timeout` parameter, a Go duration, as API servers send it.
    private static func timeout(inQuery query: Substring) -> Duration {
        for parameter in query.split(separator: "&") {
            let parts = parameter.split(separator: "=", maxSplits: 1)
            if parts.count == 2, parts[0] == "timeout",
                let duration = try? GoDuration(parsing: String(parts[1])).duration, duration > .zero
            {
                return min(duration, longestTimeout)
            }
        }
        return defaultTimeout
    }
}
