/// A release of etcd: `v3.5.21`, `3.6.0-rc.1`.
package struct EtcdVersion: Hashable, Sendable {
    package var major: Int
    package var minor: Int
    package var patch: Int
    package var prerelease: String?

    /// `v?MAJOR.MINOR.PATCH` with an optional `-` and pre-release, short enough for an image's tag; nil for anything
    /// else.
    package init?(_ text: String) {
        guard text.utf8.count <= 128 else { return nil }
        let unprefixed = text.hasPrefix("v") ? text.dropFirst() : Substring(text)
        let halves = unprefixed.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        let numbers = halves[0].split(separator: ".", omittingEmptySubsequences: false).map(Self.number)
        guard numbers.count == 3, let major = numbers[0], let minor = numbers[1], let patch = numbers[2] else {
            return nil
        }
        self.major = major
        self.minor = minor
        self.patch = patch
        if halves.count == 2 {
            guard Self.isPrerelease(halves[1]) else { return nil }
            prerelease = String(halves[1])
        }
    }

    /// Whether a snapshot that `other` wrote may be too new for this one: the data format changes with the minor.
    package func isOlderMinor(than other: EtcdVersion) -> Bool { (major, minor) < (other.major, other.minor) }

    /// The oldest that a restore may run.
    package static let oldest = (major: 3, minor: 4)

    package var isSupported: Bool { (major, minor) >= (Self.oldest.major, Self.oldest.minor) }

    private static func number(_ digits: Substring) -> Int? {
        let isCanonical =
            digits.utf8.allSatisfy { (0x30...0x39).contains($0) } && (digits == "0" || digits.first != "0")
        return isCanonical ? Int(digits) : nil
    }

    /// Dot-separated identifiers of letters, digits and hyphens, none empty.
    private static func isPrerelease(_ text: Substring) -> Bool {
        text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { part in
            !part.isEmpty && part.utf8.allSatisfy { $0.isLetterOrDigit || $0 == UInt8(ascii: "-") }
        }
    }
}
