/// How a string is written so that every YAML 1.1 reader takes it for a string. Where a plain or block form would break
/// the syntax, libyaml itself falls back to quotes.
enum StringStyle {
    static func style(for text: String) -> YAMLScalar.Style {
        // These end a line for YAML 1.1 but are not kept apart from a line feed.
        if text.unicodeScalars.contains(where: { "\r\u{85}\u{2028}\u{2029}".unicodeScalars.contains($0) }) {
            return .quoted
        }
        if text.utf8.contains(UInt8(ascii: "\n")) { return .block }
        return isReadAsString(text) ? .plain : .quoted
    }

    private static func isReadAsString(_ text: String) -> Bool {
        guard case .string = PlainScalar.value(of: text) else { return false }
        // The keys for merging and for a default value.
        if text == "<<" || text == "=" { return false }
        guard let first = text.utf8.first, first.isDigit || "+-.".utf8.contains(first) else { return true }
        return !isTimestamp(text.utf8) && !isBase60(text.utf8) && !isNumberWithUnderscores(text)
    }

    /// 2001-01-01, alone or before a time.
    private static func isTimestamp(_ text: String.UTF8View) -> Bool {
        let parts = text.split(separator: UInt8(ascii: "-"), maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].count == 4, parts[0].allSatisfy(\.isDigit) else { return false }
        guard 1...2 ~= parts[1].count, parts[1].allSatisfy(\.isDigit) else { return false }
        let day = parts[2].prefix { $0.isDigit }
        guard 1...2 ~= day.count else { return false }
        return parts[2].dropFirst(day.count).allSatisfy { $0.isDigit || "TtZz:.+- \t".utf8.contains($0) }
    }

    /// 190:20:30, a number in base 60.
    private static func isBase60(_ text: String.UTF8View) -> Bool {
        let sign = text.prefix { "+-".utf8.contains($0) }.prefix(1).count
        var parts = text.dropFirst(sign).split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard parts.count > 1, let last = parts.last, let first = parts.first?.first, first.isDigit else {
            return false
        }
        // A fraction may follow.
        let fraction = last.drop { $0 != UInt8(ascii: ".") }
        parts[parts.count - 1] = last.dropLast(fraction.count)
        return parts[0].allSatisfy { $0.isDigit || $0 == UInt8(ascii: "_") }
            && parts.dropFirst().allSatisfy { part in
                part.allSatisfy(\.isDigit)
                    && (part.count == 1 || part.count == 2 && part.first ?? 0 < UInt8(ascii: "6"))
            }
            && fraction.dropFirst().allSatisfy { $0.isDigit || $0 == UInt8(ascii: "_") }
    }

    /// Other readers take underscores in places where kubectl does not.
    private static func isNumberWithUnderscores(_ text: String) -> Bool {
        guard text.utf8.contains(UInt8(ascii: "_")) else { return false }
        if case .string = PlainScalar.value(of: text.filter { $0 != "_" }) { return false }
        return true
    }
}
