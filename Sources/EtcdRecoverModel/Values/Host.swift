/// The host of a URL, in whatever spelling a resolver would take for it.
package enum Host: Hashable, Sendable {
    /// A DNS name in lower case, without a trailing dot.
    case name(String)
    case ipv4(UInt32)
    case ipv6(UInt128)

    /// `text` as it stands in a URL, an IPv6 address in brackets. Nil when no resolver should be asked for it: a
    /// malformed name or address, percent-encoding, anything outside ASCII.
    package init?(_ text: Substring) {
        if text.hasPrefix("[") {
            guard text.hasSuffix("]"), let address = Self.ipv6Address(text.dropFirst().dropLast()) else { return nil }
            self = .ipv6(address)
            return
        }
        var name = text.lowercased()
        if name.hasSuffix(".") { name.removeLast() }
        let labels = name.split(separator: ".", omittingEmptySubsequences: false)
        if let last = labels.last, Self.isNumeric(last) {
            // Resolvers take a host that ends in a number for an address, or fail.
            guard let address = Self.ipv4Address(labels) else { return nil }
            self = .ipv4(address)
        } else {
            guard name.utf8.count <= 253, labels.allSatisfy(Self.isHostLabel) else { return nil }
            self = .name(name)
        }
    }

    private static func isHostLabel(_ label: Substring) -> Bool {
        guard let first = label.utf8.first, let last = label.utf8.last, label.utf8.count <= 63 else { return false }
        let isWord = { (byte: UInt8) in byte.isLowerOrDigit || byte == UInt8(ascii: "_") }
        return isWord(first) && isWord(last) && label.utf8.allSatisfy { isWord($0) || $0 == UInt8(ascii: "-") }
    }

    // MARK: IPv4 as inet_aton reads it

    private static func isNumeric(_ label: Substring) -> Bool {
        label.hasPrefix("0x")
            ? label.utf8.dropFirst(2).allSatisfy(\.isHexDigit)
            : !label.isEmpty && label.utf8.allSatisfy(\.isDigit)
    }

    /// One to four numbers, decimal, octal (`0177`) or hexadecimal (`0x7f`); the last fills the bytes that are left.
    private static func ipv4Address(_ labels: [Substring]) -> UInt32? {
        guard labels.count <= 4 else { return nil }
        var numbers: [UInt64] = []
        for label in labels {
            guard isNumeric(label), let number = number(label) else { return nil }
            numbers.append(number)
        }
        let last = numbers.removeLast()
        guard numbers.allSatisfy({ $0 <= 255 }), last < 1 << (8 * UInt64(4 - numbers.count)) else { return nil }
        let high = numbers.enumerated().reduce(UInt64(0)) { $0 | $1.element << (24 - 8 * UInt64($1.offset)) }
        return UInt32(high | last)
    }

    private static func number(_ label: Substring) -> UInt64? {
        if label.hasPrefix("0x") { return label.count == 2 ? 0 : UInt64(label.dropFirst(2), radix: 16) }
        return label.count > 1 && label.hasPrefix("0") ? UInt64(label, radix: 8) : UInt64(label)
    }

    // MARK: IPv6 as RFC 4291 writes it

    private static func ipv6Address(_ text: Substring) -> UInt128? {
        // The zone (`%eth0`, in a URL `%25eth0`) says which link, not which address.
        let address = text.prefix { $0 != "%" }
        let halves = address.split(separator: "::", omittingEmptySubsequences: false)
        guard halves.count <= 2, !address.isEmpty, let head = groups(halves[0]) else { return nil }
        guard halves.count == 2 else { return head.count == 8 ? join(head) : nil }
        guard let tail = groups(halves[1]), head.count + tail.count <= 7 else { return nil }
        return join(head + Array(repeating: 0, count: 8 - head.count - tail.count) + tail)
    }

    /// 16-bit groups between colons; the last two may be written as an IPv4 address.
    private static func groups(_ text: Substring) -> [UInt16]? {
        guard !text.isEmpty else { return [] }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        var groups: [UInt16] = []
        for (index, part) in parts.enumerated() {
            if index == parts.count - 1, part.contains(".") {
                guard let embedded = dottedQuad(part) else { return nil }
                groups += [UInt16(embedded >> 16), UInt16(embedded & 0xffff)]
            } else {
                guard (1...4).contains(part.utf8.count), part.utf8.allSatisfy(\.isHexDigit),
                    let group = UInt16(part, radix: 16)
                else { return nil }
                groups.append(group)
            }
        }
        return groups
    }

    private static func dottedQuad(_ text: Substring) -> UInt32? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4, parts.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy(\.isDigit) }) else { return nil }
        let bytes = parts.compactMap { UInt8($0) }
        return bytes.count == 4 ? bytes.reduce(0) { $0 << 8 | UInt32($1) } : nil
    }

    private static func join(_ groups: [UInt16]) -> UInt128 { groups.reduce(0) { $0 << 16 | UInt128($1) } }
}

extension Host: CustomStringConvertible {
    package var description: String {
        switch self {
        case .name(let name): name
        case .ipv4(let address): (0..<4).map { "\(address >> (24 - 8 * $0) & 255)" }.joined(separator: ".")
        case .ipv6(let address):
            "["
                + (0..<8).map { String(UInt16(truncatingIfNeeded: address >> (112 - 16 * $0)), radix: 16) }
                .joined(separator: ":") + "]"
        }
    }
}
