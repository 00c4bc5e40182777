/// A bucket and how it is reached. A value: where requests go is decided here, nothing is asked.
package struct S3Location: Hashable, Sendable {
    package var bucket: String
    /// Learnt from the store where it is not given.
    package var region: String?
    /// `nil`: Amazon's.
    package var endpoint: String?
    /// The bucket's name in the path. Default: with an endpoint of one's own, and where the name has dots, which no
    /// certificate of a host name covers.
    package var usesPathStyle: Bool?

    package init(bucket: String, region: String? = nil, endpoint: String? = nil, usesPathStyle: Bool? = nil) {
        self.bucket = bucket
        self.region = region.flatMap { $0.isEmpty ? nil : $0 }
        self.endpoint = endpoint.flatMap { $0.isEmpty ? nil : $0 }
        self.usesPathStyle = usesPathStyle
    }

    static let defaultRegion = "us-east-1"

    /// Amazon itself answers, which is known to honour conditions.
    var isAWS: Bool {
        guard let endpoint, let base = try? Self.base(endpoint) else { return endpoint == nil }
        return Self.isAWS(host: base.host)
    }

    /// The URL of a request and what its signature needs of it.
    struct Target: Equatable {
        var scheme: String
        /// With the port where it is not the scheme's own.
        var host: String
        /// Percent-encoded.
        var path: String

        var isSecure: Bool { scheme == "https" }
        func url(_ query: String) -> String { "\(scheme)://\(host)\(path)\(query.isEmpty ? "" : "?" + query)" }
    }

    /// `key` is empty for the bucket itself.
    func target(key: String, region: String) throws(StoreError) -> Target {
        let base = try base(inRegion: region)
        let encoded = PercentEncoding.path(key)
        guard !(usesPathStyle ?? (endpoint != nil && !Self.isAWS(host: base.host) || bucket.contains("."))) else {
            let bucket = PercentEncoding.component(bucket)
            return Target(
                scheme: base.scheme, host: base.host, path: "\(base.path)/\(bucket)\(key.isEmpty ? "" : "/" + encoded)")
        }
        return Target(scheme: base.scheme, host: "\(bucket).\(base.host)", path: "\(base.path)/\(encoded)")
    }

    private func base(inRegion region: String) throws(StoreError) -> (scheme: String, host: String, path: String) {
        if let endpoint { return try Self.base(endpoint) }
        return ("https", "s3.\(region).\(Self.domain(of: region))", "")
    }

    private static func base(_ endpoint: String) throws(StoreError) -> (scheme: String, host: String, path: String) {
        func invalid(_ reason: String) -> StoreError { .invalidLocation(endpoint, reason: reason) }
        guard let separator = endpoint.firstRange(of: "://") else { throw invalid("it is no absolute URL") }
        let scheme = endpoint[..<separator.lowerBound].lowercased()
        guard ["http", "https"].contains(scheme) else { throw invalid("its scheme is neither http nor https") }
        let rest = endpoint[separator.upperBound...]
        guard !rest.contains(where: { "?#@ \\".contains($0) || $0.isNewline }) else {
            throw invalid("only scheme, host, port and path are taken")
        }
        let slash = rest.firstIndex(of: "/") ?? rest.endIndex
        var host = rest[..<slash].lowercased()
        guard !host.isEmpty else { throw invalid("it names no host") }
        for port in [":443", ":80"] where host.hasSuffix(port) && (port == ":443") == (scheme == "https") {
            host.removeLast(port.count)
        }
        let path = rest[slash...]
        return (scheme, host, String(path.hasSuffix("/") ? path.dropLast() : path))
    }

    static func isAWS(host: String) -> Bool {
        domains.contains { host == $0 || host.hasSuffix("." + $0) }
    }

    private static let domains = ["amazonaws.com", "amazonaws.com.cn", "amazonaws.eu"]

    static func domain(of region: String) -> String {
        if region.hasPrefix("cn-") { return "amazonaws.com.cn" }
        return region.hasPrefix("eusc-") ? "amazonaws.eu" : "amazonaws.com"
    }

    /// Letters, digits and hyphens: a host name is made of it.
    static func isRegion(_ text: String) -> Bool {
        (1...63).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                    || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || "-_.".utf8.contains(byte)
            }
    }

    /// From a host such as `bucket.s3.eu-west-1.amazonaws.com` or `bucket.s3-eu-west-1.amazonaws.com`.
    static func region(inHost host: String) -> String? {
        guard let domain = domains.first(where: { host.hasSuffix("." + $0) }) else { return nil }
        let labels = host.dropLast(domain.count + 1).split(separator: ".")
        guard let last = labels.last else { return nil }
        if last.hasPrefix("s3-") { return String(last.dropFirst(3)) }
        return labels.dropLast().last == "s3" ? String(last) : nil
    }
}
