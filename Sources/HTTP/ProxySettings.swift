import Glibc

/// Which proxy a request goes through, decided as Go's `net/http` (and so kubectl) decides it.
struct ProxySettings: Sendable {
    var http: SecretBytes?
    var https: SecretBytes?
    var exceptions: [Exception] = []

    /// `environment` looks up a variable; upper case wins over lower.
    init(environment: (String) -> String?) {
        func value(_ name: String) -> String? {
            let values = [environment(name), environment(name.lowercased())]
            return values.lazy.compactMap { $0 }.first { !$0.isEmpty }
        }
        http = value("HTTP_PROXY").map { SecretBytes($0) }
        https = value("HTTPS_PROXY").map { SecretBytes($0) }
        exceptions = Self.parse(exceptions: value("NO_PROXY") ?? "")
    }

    init(_ policy: ProxyPolicy) {
        switch policy {
        case .environment: self.init { name in getenv(name).map { String(cString: $0) } }
        case .none: self.init { _ in nil }
        case .url(let url):
            self.init { _ in nil }
            (http, https, exceptions) = (url, url, [])
        }
    }

    /// The proxy's URL for a request to `host` (IPv6 in brackets), or `nil` to go directly. An explicit proxy has no
    /// exceptions; those of the environment always include this machine.
    func proxy(scheme: String, host: String, port: Int) -> SecretBytes? {
        guard let proxy = scheme == "https" ? https : http else { return nil }
        let host = host.lowercased().filter { $0 != "[" && $0 != "]" }
        return exceptions.contains { $0.matches(host: host, port: port) } ? nil : proxy
    }

    enum Exception: Equatable, Sendable {
        case everything
        case network(IPAddress, prefix: Int)
        case address(IPAddress, port: Int?)
        /// `suffix` begins with a dot; `withDomain` is true when the name itself matches as well as those below it.
        case domain(suffix: String, withDomain: Bool, port: Int?)

        func matches(host: String, port: Int) -> Bool {
            switch self {
            case .everything: true
            case .network(let network, let prefix): IPAddress(host)?.isIn(network, prefix: prefix) ?? false
            case .address(let address, let only): IPAddress(host) == address && (only ?? port) == port
            case .domain(let suffix, let withDomain, let only):
                (only ?? port) == port
                    && (host.hasSuffix(suffix) || withDomain && host == String(suffix.dropFirst()))
            }
        }
    }

    private static func parse(exceptions list: String) -> [Exception] {
        let entries = list.lowercased().split { $0 == "," || $0.isWhitespace }.compactMap { parse(String($0)) }
        return entries + [.domain(suffix: ".localhost", withDomain: true, port: nil)] + loopback
    }

    private static let loopback: [Exception] =
        [("127.0.0.0", 8), ("::1", 128)].compactMap { text, prefix in
            IPAddress(text).map { .network($0, prefix: prefix) }
        }

    private static func parse(_ entry: String) -> Exception? {
        if entry == "*" { return .everything }
        if let slash = entry.firstIndex(of: "/") {
            guard let network = IPAddress(String(entry[..<slash])) else { return nil }
            guard let prefix = Int(entry[entry.index(after: slash)...]), 0...network.bytes.count * 8 ~= prefix else {
                return nil
            }
            return .network(network, prefix: prefix)
        }
        if let address = IPAddress(entry) { return .address(address, port: nil) }
        var name = entry
        var port: Int?
        if let colon = entry.lastIndex(of: ":"), let number = Int(entry[entry.index(after: colon)...]) {
            (name, port) = (String(entry[..<colon]), number)
        }
        if let address = IPAddress(name.filter { $0 != "[" && $0 != "]" }) { return .address(address, port: port) }
        if name.hasPrefix("*.") { name.removeFirst() }
        guard !name.isEmpty, name != "." else { return nil }
        let isSuffix = name.hasPrefix(".")
        return .domain(suffix: isSuffix ? name : "." + name, withDomain: !isSuffix, port: port)
    }
}

/// Four or sixteen bytes; an IPv4 address mapped into IPv6 is taken as IPv4.
struct IPAddress: Equatable, Sendable {
    let bytes: [UInt8]

    init?(_ text: String) {
        var buffer = [UInt8](repeating: 0, count: 16)
        if inet_pton(AF_INET, text, &buffer) == 1 {
            bytes = Array(buffer.prefix(4))
        } else if inet_pton(AF_INET6, text, &buffer) == 1 {
            let isMapped = buffer.prefix(10).allSatisfy { $0 == 0 } && buffer[10] == 0xFF && buffer[11] == 0xFF
            bytes = isMapped ? Array(buffer.suffix(4)) : buffer
        } else {
            return nil
        }
    }

    func isIn(_ network: IPAddress, prefix: Int) -> Bool {
        guard bytes.count == network.bytes.count else { return false }
        return (0..<prefix).allSatisfy { bit in
            (bytes[bit / 8] ^ network.bytes[bit / 8]) & (0x80 >> UInt8(bit % 8)) == 0
        }
    }
}
