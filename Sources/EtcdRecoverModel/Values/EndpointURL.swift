/// The URL of an object store: scheme, host, port and path, and nothing else.
package struct EndpointURL: Hashable, Sendable {
    package var isSecure: Bool
    package var host: Host
    package var port: UInt16
    package var path: String

    /// In bytes; longer ones are not read at all.
    private static let longest = 2048

    /// `host:port`, the same for every spelling of one server.
    package var authority: String { "\(host):\(port)" }

    /// Whether Amazon itself answers there, with its own naming rules and its own credentials.
    package var isAWS: Bool {
        guard case .name(let name) = host,
            let domain = [".amazonaws.com", ".amazonaws.com.cn", ".amazonaws.eu", ".api.aws"].first(
                where: name.hasSuffix)
        else { return false }
        // Load balancers and machines of Amazon's customers have names in the same domains, and may be called `s3-…` too.
        let labels = name.dropLast(domain.count).split(separator: ".")
        guard let service = labels.lastIndex(where: Self.isS3) else { return false }
        return labels[(service + 1)...].allSatisfy { $0 == "dualstack" || $0 == "vpce" || Self.isRegion($0) }
    }

    private static func isS3(_ label: Substring) -> Bool {
        label == "s3" || label.hasPrefix("s3-") || label.hasPrefix("s3express-")
    }

    /// By its form, such as `eu-central-1`: there is always one more.
    private static func isRegion(_ label: Substring) -> Bool {
        label.contains("-") && label.utf8.last?.isDigit == true
    }

    /// Nil when `text` is no URL of that kind; `problems(in:)` says why.
    package init?(_ text: String) {
        guard let parts = Parts(text), Self.problems(parts).isEmpty, let host = Host(parts.host) else { return nil }
        self.host = host
        isSecure = parts.scheme == "https"
        port = parts.port.flatMap { UInt16($0) } ?? (isSecure ? 443 : 80)
        path = String(parts.path)
    }

    /// Everything that is wrong with `text`, each saying what must hold; empty for a sound URL.
    package static func problems(in text: String) -> [String] {
        guard text.utf8.count <= longest else { return ["must have at most \(longest) characters"] }
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f && $0 != UInt8(ascii: "\\") }) else {
            return ["must be ASCII without spaces, control characters and backslashes"]
        }
        guard let parts = Parts(text) else { return ["must be an absolute URL that begins with https:// or http://"] }
        return problems(parts)
    }

    private static func problems(_ parts: Parts) -> [String] {
        var problems: [String] = []
        if parts.hasUserInfo { problems.append("must not carry user info: credentials belong into the Secret") }
        if parts.host.isEmpty {
            problems.append("must name a host")
        } else if Host(parts.host) == nil {
            problems.append("must name a host by a DNS name or an IP address, not percent-encoded")
        }
        if let port = parts.port, UInt16(port) ?? 0 == 0 || !port.utf8.allSatisfy(\.isDigit) {
            problems.append("must have a port from 1 to 65535")
        }
        if parts.hasQuery { problems.append("must not have a query") }
        if parts.hasFragment { problems.append("must not have a fragment") }
        return problems
    }

    /// `text` fit for a message: without user info and query, which may hold credentials.
    package static func printable(_ text: String) -> String {
        // By scalars: a combining mark behind a delimiter would hide it in one character.
        let scalars = text.unicodeScalars
        let start = scalars.firstRange(of: "://".unicodeScalars)?.upperBound ?? text.startIndex
        let end = scalars[start...].firstIndex { $0 == "?" || $0 == "#" } ?? text.endIndex
        // An `@` behind the authority hides more than it must, and never less.
        let host = scalars[start..<end].lastIndex(of: "@").map { "***" + text[$0..<end] } ?? String(text[start..<end])
        return text[..<start] + host + (end == text.endIndex ? "" : "\(scalars[end])***")
    }

    /// The text cut at its delimiters as RFC 3986 says, nothing judged but the scheme.
    private struct Parts {
        var scheme: String
        var hasUserInfo: Bool
        var host: Substring
        var port: Substring?
        var path: Substring
        var hasQuery: Bool
        var hasFragment: Bool

        init?(_ text: String) {
            guard text.utf8.count <= EndpointURL.longest,
                text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f && $0 != UInt8(ascii: "\\") }),
                let separator = text.firstRange(of: "://")
            else { return nil }
            scheme = text[..<separator.lowerBound].lowercased()
            guard scheme == "http" || scheme == "https" else { return nil }
            var rest = text[separator.upperBound...]
            let fragment = rest.firstIndex(of: "#")
            hasFragment = fragment != nil
            rest = rest[..<(fragment ?? rest.endIndex)]
            let query = rest.firstIndex(of: "?")
            hasQuery = query != nil
            rest = rest[..<(query ?? rest.endIndex)]
            let slash = rest.firstIndex(of: "/") ?? rest.endIndex
            path = rest[slash...]
            var authority = rest[..<slash]
            let at = authority.lastIndex(of: "@")
            hasUserInfo = at != nil
            if let at { authority = authority[authority.index(after: at)...] }
            let hostEnd =
                authority.hasPrefix("[")
                ? authority.firstIndex(of: "]").map { authority.index(after: $0) } ?? authority.endIndex
                : authority.firstIndex(of: ":") ?? authority.endIndex
            host = authority[..<hostEnd]
            let behind = authority[hostEnd...]
            // What follows a bracket without a colon makes a port that is none.
            port = behind.isEmpty ? nil : behind.hasPrefix(":") ? behind.dropFirst() : behind
        }
    }
}
