/// The name of a member's pod: `orders-0` is the first of `orders`.
package struct PodOrdinal: Hashable, Sendable {
    package let base: String
    package let ordinal: Int

    /// Nil for a name that does not end in a hyphen and a number.
    package init?(_ name: String) {
        guard let hyphen = name.lastIndex(of: "-"), hyphen != name.startIndex else { return nil }
        let digits = name[name.index(after: hyphen)...]
        guard digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), digits == "0" || digits.first != "0",
            let ordinal = Int(digits)
        else { return nil }
        base = String(name[..<hyphen])
        self.ordinal = ordinal
    }
}
