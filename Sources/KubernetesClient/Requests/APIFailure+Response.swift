import EtcdRecoverModel
import FoundationEssentials
import HTTP
import HTTPTypes

extension APIFailure {
    /// Reads a response that is not 2xx. What is no Status, as of a proxy, is quoted shortened.
    init(_ head: ResponseHead, _ body: [UInt8], to request: String, hiding credentials: Credentials) {
        let status = try? JSONDecoder().decode(Status.self, from: Data(body))
        if let status, status.kind == "Status", let message = status.message {
            self.init(status, request: request)
            self.code = head.status.code
            self.message = Self.printable(message, hiding: credentials, limit: 16 << 10)
            if reason.isEmpty { reason = head.status.reasonPhrase }
        } else {
            self.init(
                code: head.status.code, reason: head.status.reasonPhrase,
                message: Self.foreign(head, body, hiding: credentials), request: request)
        }
        retryAfter = Self.retryAfter(head) ?? retryAfter
    }

    /// A Status inside a watch.
    init(_ status: Status, request: String) {
        self.init(
            code: status.code ?? 0, reason: status.reason ?? "", message: status.message ?? "no message",
            details: status.details,
            retryAfter: status.details?.retryAfterSeconds.flatMap { $0 > 0 ? .seconds($0) : nil }, request: request)
    }

    private static func foreign(_ head: ResponseHead, _ body: [UInt8], hiding credentials: Credentials) -> String {
        let code = head.status.code
        if (300..<400).contains(code), let location = head.headers[.location] {
            let target = location.prefix { $0 != "?" }
            return "redirects to \(printable(String(target), hiding: credentials, limit: 200)); "
                + "check the server's URL in the kubeconfig"
        }
        let type = head.headers[.contentType] ?? "no content type"
        guard !body.isEmpty else { return "no Kubernetes answer (empty body)" }
        let text = String(decoding: body.prefix(4096), as: UTF8.self)
        let words = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return "no Kubernetes answer (\(printable(type, hiding: credentials, limit: 60))): "
            + printable(words, hiding: credentials, limit: 200)
    }

    /// Seconds only; servers of Kubernetes send no dates.
    private static func retryAfter(_ head: ResponseHead) -> Duration? {
        guard let text = head.headers[.retryAfter], let seconds = Int(text), seconds >= 0 else { return nil }
        return .seconds(min(seconds, 24 * 3600))
    }

    /// Safe for a terminal: no control characters, no credential that a server echoes, cut at `limit` characters.
    static func printable(_ text: String, hiding credentials: Credentials, limit: Int) -> String {
        // What follows can be longer than anyone reads; a secret that begins within the limit is still seen whole.
        var text = String(text.prefix(limit + 8192))
        for secret in credentials.texts where secret.count >= 4 { text.replace(secret, with: "[redacted]") }
        var output = ""
        for character in text.prefix(limit) {
            let isControl = character.unicodeScalars.contains { $0.properties.generalCategory == .control }
            output.append(isControl && character != "\n" ? " " : character)
        }
        return text.count > limit ? output + "…" : output
    }
}

extension Credentials {
    /// The secrets in this, as a server may echo them.
    fileprivate var texts: [String] {
        switch authorization {
        case .bearer(let token), .token(let token, _): [token.reveal()]
        case .basic(let user, let password):
            [password.reveal(), Data("\(user):\(password.reveal())".utf8).base64EncodedString()]
        case nil: []
        }
    }
}
