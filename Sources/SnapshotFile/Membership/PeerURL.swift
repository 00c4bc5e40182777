/// A peer URL, in the text that etcd gives it: ids are made of that text.
///
/// etcd also takes a user, a query, a fragment and percent-encoding here, which no peer can use: those are refused.
package struct PeerURL: Hashable, Comparable, Sendable, CustomStringConvertible {
    package enum Place: Hashable, Sendable {
        /// Host without brackets.
        case network(isTLS: Bool, host: String, port: UInt16)
        /// A socket of this machine, for tests of etcd itself.
        case socket
    }

    package let description: String
    package let place: Place

    /// Reads a URL as it stands in a flag; white space around it does not matter.
    package init(_ given: String) throws(MembershipError) {
        let text = String(given.trimming(while: \.isWhitespace))
        guard let mark = text.firstRange(of: "://") else { throw .unknownScheme(text) }
        let scheme = text[..<mark.lowerBound].lowercased()
        let rest = text[mark.upperBound...]
        switch scheme {
        case "http", "https":
            guard let slash = rest.firstIndex(of: "/") else {
                place = try Self.network(isTLS: scheme == "https", rest, in: text)
                break
            }
            throw rest.startIndex == slash ? .noHostAndPort(text) : .path(text)
        case "unix", "unixs":
            guard !rest.isEmpty, rest.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && !"%?#\"<>\\^`{|}".utf8.contains($0) })
            else { throw .noHostAndPort(text) }
            place = .socket
        default: throw .unknownScheme(text)
        }
        description = scheme + "://" + rest
    }

    private static func network(
        isTLS: Bool, _ authority: Substring, in text: String
    ) throws(MembershipError) -> Place {
        guard let colon = authority.lastIndex(of: ":") else { throw .noHostAndPort(text) }
        let digits = authority[authority.index(after: colon)...]
        var host = authority[..<colon]
        guard digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let port = UInt16(digits), port > 0 else {
            throw .noHostAndPort(text)
        }
        let allowed: (UInt8) -> Bool
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
            // A zone follows the address behind "%25".
            let address = host.firstRange(of: "%25").map { host[..<$0.lowerBound] } ?? host
            guard address.contains(":"), !address.contains("%") else { throw .noHostAndPort(text) }
            allowed = { isNameCharacter($0) || $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: "%") }
        } else {
            allowed = isNameCharacter
        }
        guard !host.isEmpty, host.utf8.allSatisfy(allowed) else { throw .noHostAndPort(text) }
        return .network(isTLS: isTLS, host: String(host), port: port)
    }

    private static func isNameCharacter(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: "-._~".utf8.contains(byte)
        }
    }

    package static func < (one: PeerURL, other: PeerURL) -> Bool { one.bytes.lexicographicallyPrecedes(other.bytes) }

    private var bytes: String.UTF8View { description.utf8 }

    /// Whether peers on other machines cannot reach it.
    package var isLocal: Bool {
        switch place {
        case .socket: true
        case .network(_, let host, _): host == "localhost" || host.hasPrefix("127.") || host == "::1"
        }
    }
}

extension StringProtocol {
    /// Without the characters at both ends for which `isDropped` holds.
    fileprivate func trimming(while isDropped: (Character) -> Bool) -> SubSequence {
        var rest = drop(while: isDropped)
        while let last = rest.last, isDropped(last) { rest.removeLast() }
        return rest
    }
}
