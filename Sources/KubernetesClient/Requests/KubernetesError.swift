package import EtcdRecoverModel
package import HTTP

/// Why a call to the API server gave no result. Cancellation is `CancellationError`, not one of these.
///
/// `request` is method and URL without its query: `GET https://10.0.0.1:6443/api/v1/namespaces/default/secrets/a`.
package enum KubernetesError: Error, Equatable, Sendable {
    /// The API server, or a proxy before it, said no.
    case api(APIFailure)
    /// No whole answer arrived.
    case transport(HTTPError, request: String)
    /// The call's deadline passed, retries included. `last`: what the latest try ended with.
    case timedOut(request: String, after: Duration, last: String?)
    /// The answer is not what the kind has. `object`: `EtcdBackup default/nightly`; `path`: `spec.size`, may be empty.
    case undecodable(object: String, path: String, reason: String, request: String)
    case credentials(CredentialError)
    /// A list longer than is accepted.
    case tooManyItems(kind: String, limit: Int)
    /// Refused before anything was sent.
    case invalidRequest(String)
}

/// A refusal, with Kubernetes' own words where it gave some.
package struct APIFailure: Equatable, Sendable {
    /// The HTTP status; inside a watch, the code of the Status.
    package var code: Int
    /// `NotFound`, `Conflict`, `Invalid`; the HTTP phrase where the server named none.
    package var reason: String
    package var message: String
    package var details: Status.Details?
    package var retryAfter: Duration?
    package var request: String
}

extension KubernetesError {
    package var failure: APIFailure? {
        if case .api(let failure) = self { failure } else { nil }
    }

    package var isNotFound: Bool { failure?.code == 404 }
    package var isForbidden: Bool { failure?.code == 403 }
    package var isUnauthorized: Bool { failure?.code == 401 }
    package var isAlreadyExists: Bool { failure?.reason == "AlreadyExists" }
    /// Someone else changed the object, or owns the field; read again before another try.
    package var isConflict: Bool { failure?.code == 409 && !isAlreadyExists }
    /// The resource version is too old to watch or to continue a list from.
    package var isExpired: Bool { failure?.code == 410 }
    package var isInvalid: Bool { failure?.reason == "Invalid" }
    package var isTimeout: Bool {
        switch self {
        case .timedOut, .transport(.timedOut, _): true
        case .api(let failure): failure.code == 504
        default: false
        }
    }
}

extension KubernetesError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .api(let failure): failure.description
        case .transport(let error, let request): "\(error) (\(request))"
        case .timedOut(let request, let limit, let last):
            "no answer within \(limit.rounded) to \(request)\(last.map { "; the latest try: \($0)" } ?? ""); "
                + "check the API server, or raise --request-timeout"
        case .undecodable(let object, let path, let reason, let request):
            "cannot read \(object) as the API server sent it: \(path.isEmpty ? "" : "\(path): ")\(reason) (\(request))"
        case .credentials(let error): error.description
        case .tooManyItems(let kind, let limit):
            "there are more than \(limit) objects of kind \(kind); narrow the list by namespace or selector"
        case .invalidRequest(let reason): reason
        }
    }
}

extension Duration {
    /// Whole milliseconds, as `1s`, `0.5s` or `90s`: what is left of a limit is a hair below it.
    fileprivate var rounded: String {
        let (seconds, attoseconds) = components
        let milliseconds = seconds * 1000 + (attoseconds + 500_000_000_000_000) / 1_000_000_000_000_000
        let part = milliseconds % 1000
        guard part != 0 else { return "\(milliseconds / 1000)s" }
        var digits = String(String(1000 + part).dropFirst())
        while digits.hasSuffix("0") { digits.removeLast() }
        return "\(milliseconds / 1000).\(digits)s"
    }
}

extension APIFailure: CustomStringConvertible {
    package var description: String {
        let words = reason.isEmpty ? "\(code)" : "\(code) \(reason)"
        return "the API server answered \(words): \(message)\(hint)"
    }

    private var hint: String {
        switch code {
        case 404 where message == "the server could not find the requested resource":
            "; nothing there serves this kind: apply its CustomResourceDefinition"
        case 401: "; check that the credentials are of this cluster and have not expired"
        case 429, 503: retryAfter.map { "; it asks to wait \($0)" } ?? ""
        default: ""
        }
    }
}
