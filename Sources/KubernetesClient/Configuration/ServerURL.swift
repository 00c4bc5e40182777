/// The URL of an API server, as kubeconfigs and flags spell it.
enum ServerURL {
    /// With scheme, without trailing slash. `host` and `host:port` mean https.
    static func normalized(_ text: String) throws(KubeconfigError) -> String {
        let (scheme, rest): (Substring, Substring)
        if let range = text.firstRange(of: "://") {
            (scheme, rest) = (text[..<range.lowerBound], text[range.upperBound...])
        } else {
            (scheme, rest) = ("https", text[...])
        }
        guard ["http", "https"].contains(scheme.lowercased()) else {
            throw .invalidServer(reason: "its scheme must be https or http")
        }
        let authority = rest.prefix { $0 != "/" }
        guard !authority.contains("@") else {
            throw .invalidServer(reason: "it must not carry a user or password; put them in the kubeconfig's user")
        }
        guard !authority.isEmpty, !authority.hasPrefix(":") else { throw .invalidServer(reason: "it has no host") }
        guard !rest.contains(where: { $0 == "?" || $0 == "#" || $0.isWhitespace || !$0.isASCII }) else {
            throw .invalidServer(reason: "it must have no query, fragment or space")
        }
        var normalized = "\(scheme.lowercased())://\(rest)"
        while normalized.hasSuffix("/") { normalized.removeLast() }
        return normalized
    }
}
