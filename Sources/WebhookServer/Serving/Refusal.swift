import EtcdRecoverModel
import HTTPTypes

/// A request that holds nothing to judge, answered as the API server answers: with a Status.
struct Refusal: Error, Equatable {
    var code: HTTPResponse.Status
    var reason: String
    var message: String
    var allowedMethods: String?
    /// Whether a body may still be on its way that nobody is going to read.
    var closesConnection = true

    var status: Status {
        Status(status: "Failure", message: message, reason: reason, code: code.code)
    }

    static func badRequest(_ message: String) -> Refusal {
        Refusal(code: .badRequest, reason: "BadRequest", message: message, closesConnection: false)
    }

    static func notFound(_ path: Substring) -> Refusal {
        Refusal(
            code: .notFound, reason: "NotFound",
            message:
                "nothing is served at \(path.prefix(100)); reviews go to /mutate, /validate and /inject/etcdrestores")
    }

    static func methodNotAllowed(_ method: HTTPRequest.Method, allowed: String) -> Refusal {
        Refusal(
            code: .methodNotAllowed, reason: "MethodNotAllowed",
            message: "\(method.rawValue.prefix(20)) is not \(allowed)",
            allowedMethods: allowed)
    }

    static func unsupportedMediaType(_ contentType: String?) -> Refusal {
        Refusal(
            code: .unsupportedMediaType, reason: "UnsupportedMediaType",
            message:
                "the content type is \(contentType.map { "\($0.prefix(100))" } ?? "missing"), expected application/json"
        )
    }

    static let busy = Refusal(
        code: .serviceUnavailable, reason: "ServiceUnavailable",
        message: "too many large requests at once: there is no room for another body")

    static let tooLarge = Refusal(
        code: .contentTooLarge, reason: "RequestEntityTooLarge",
        message: "the body is larger than \(ReviewRoute.bodyLimit) bytes")
}
