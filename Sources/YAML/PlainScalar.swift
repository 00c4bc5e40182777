/// The typing of plain scalars as kubectl has it: YAML 1.1's booleans, and numbers in the forms that go-yaml v2 takes.
enum PlainScalar {
    static func value(of text: String) -> YAMLValue {
        guard let first = text.utf8.first else { return .null }
        switch first {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"):
            return number(text) ?? .string(text)
        case UInt8(ascii: "."):
            return dotted(text) ?? .string(text)
        default:
            // The longest word is `false`; most scalars are longer and end here.
            return text.utf8.count <= 5 ? word(text) ?? .string(text) : .string(text)
        }
    }

    private static func word(_ text: String) -> YAMLValue? {
        switch text {
        case "y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON": .bool(true)
        case "n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF": .bool(false)
        case "~", "null", "Null", "NULL": .null
        default: nil
        }
    }

    /// Text that begins with a digit or a sign.
    private static func number(_ text: String) -> YAMLValue? {
        switch text {
        case "+.inf", "+.Inf", "+.INF": return .double(.infinity)
        case "-.inf", "-.Inf", "-.INF": return .double(-.infinity)
        default: break
        }
        let digits = text.utf8.contains(UInt8(ascii: "_")) ? text.filter { $0 != "_" } : text
        if let whole = integer(digits) { return whole }
        if isDecimal(digits.utf8), let double = Double(digits), double.isFinite { return .double(double) }
        // A sign behind the prefix, as in 0b-1, is taken for binary numbers only.
        if digits.hasPrefix("0b"), let whole = Int64(digits.dropFirst(2), radix: 2) { return .int(whole) }
        return nil
    }

    /// Text that begins with a dot. Underscores count only between digits here.
    private static func dotted(_ text: String) -> YAMLValue? {
        switch text {
        case ".inf", ".Inf", ".INF": return .double(.infinity)
        case ".nan", ".NaN", ".NAN": return .double(.nan)
        default: break
        }
        guard hasUnderscoresBetweenDigitsOnly(text.utf8) else { return nil }
        let digits = text.filter { $0 != "_" }
        guard isDecimal(digits.utf8), let double = Double(digits), double.isFinite else { return nil }
        return .double(double)
    }

    /// Decimal, 0x, 0o, 0b, and octal with a leading zero, with or without a sign.
    private static func integer(_ text: String) -> YAMLValue? {
        var rest = Substring(text)
        let sign = rest.first == "-" || rest.first == "+" ? rest.removeFirst() : nil
        var radix = 10
        if rest.first == "0", rest.utf8.count > 1 {
            switch rest.dropFirst().first {
            case "x", "X": radix = 16
            case "o", "O": radix = 8
            case "b", "B": radix = 2
            default: radix = 0
            }
            rest = rest.dropFirst(radix == 0 ? 1 : 2)
            if radix == 0 { radix = 8 }
        }
        // A second sign would be accepted by the standard library.
        guard let first = rest.first, first != "+", first != "-", let magnitude = UInt64(rest, radix: radix) else {
            return nil
        }
        if sign == "-" { return Int64(exactly: -Int128(magnitude)).map(YAMLValue.int) }
        if let whole = Int64(exactly: magnitude) { return .int(whole) }
        return sign == nil ? .uint(magnitude) : nil
    }

    /// `[-+]? ( .digits | digits [. digits?] ) ( e [-+]? digits )?`
    private static func isDecimal(_ text: String.UTF8View) -> Bool {
        var rest = text[...]
        func skipDigits() -> Int {
            let before = rest.count
            rest = rest.drop { $0.isDigit }
            return before - rest.count
        }
        func skip(_ one: UInt8, or other: UInt8) -> Bool {
            guard rest.first == one || rest.first == other else { return false }
            rest = rest.dropFirst()
            return true
        }
        _ = skip(UInt8(ascii: "+"), or: UInt8(ascii: "-"))
        let whole = skipDigits()
        let hasDot = skip(UInt8(ascii: "."), or: UInt8(ascii: "."))
        let fraction = hasDot ? skipDigits() : 0
        guard whole + fraction > 0 else { return false }
        if skip(UInt8(ascii: "e"), or: UInt8(ascii: "E")) {
            _ = skip(UInt8(ascii: "+"), or: UInt8(ascii: "-"))
            guard skipDigits() > 0 else { return false }
        }
        return rest.isEmpty
    }

    private static func hasUnderscoresBetweenDigitsOnly(_ text: String.UTF8View) -> Bool {
        var previous: UInt8 = 0
        for byte in text {
            if byte == UInt8(ascii: "_"), !previous.isDigit { return false }
            if previous == UInt8(ascii: "_"), !byte.isDigit { return false }
            previous = byte
        }
        return previous != UInt8(ascii: "_")
    }
}

extension UInt8 {
    var isDigit: Bool { UInt8(ascii: "0") <= self && self <= UInt8(ascii: "9") }
}
