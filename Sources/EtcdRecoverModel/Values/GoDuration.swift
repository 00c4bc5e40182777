/// A length of time as Go writes and reads it: `10m`, `1h30m`, `90s`, `1.5h`. At most about 292 years either way.
package struct GoDuration: Hashable, Comparable, Sendable {
    package var nanoseconds: Int64

    package init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    package static func seconds(_ count: Int64) -> Self { Self(nanoseconds: count * 1_000_000_000) }
    package static func < (one: Self, other: Self) -> Bool { one.nanoseconds < other.nanoseconds }

    package var duration: Duration { .nanoseconds(nanoseconds) }

    /// Why a text is no duration.
    package enum Fault: Error, Hashable {
        case malformed
        case missingUnit
        case unknownUnit(String)
        case tooLong
    }

    /// Takes and refuses exactly what Go's `time.ParseDuration` does.
    package init(parsing text: String) throws(Fault) {
        var rest = Substring(text).utf8
        let isNegative = rest.first == UInt8(ascii: "-")
        if isNegative || rest.first == UInt8(ascii: "+") { rest.removeFirst() }
        if rest.elementsEqual("0".utf8) {
            nanoseconds = 0
            return
        }
        guard !rest.isEmpty else { throw .malformed }
        var sum: UInt64 = 0
        while !rest.isEmpty {
            let (total, overflow) = sum.addingReportingOverflow(try Self.takeTerm(&rest))
            guard !overflow, total <= Self.limit else { throw .tooLong }
            sum = total
        }
        if isNegative {
            nanoseconds = Int64(truncatingIfNeeded: ~sum &+ 1)
        } else {
            guard sum < Self.limit else { throw .tooLong }
            nanoseconds = Int64(sum)
        }
    }

    /// The magnitude that only a negative duration may reach.
    private static let limit: UInt64 = 1 << 63

    /// One number with its unit, in nanoseconds, removed from the front of `rest`.
    private static func takeTerm(_ rest: inout Substring.UTF8View) throws(Fault) -> UInt64 {
        let whole = rest.prefix(while: \.isDigit)
        rest = rest[whole.endIndex...]
        var fraction = whole[whole.endIndex...]
        if rest.first == UInt8(ascii: ".") {
            fraction = rest.dropFirst().prefix(while: \.isDigit)
            rest = rest[fraction.endIndex...]
        }
        guard !whole.isEmpty || !fraction.isEmpty else { throw .malformed }

        let name = rest.prefix { $0 != UInt8(ascii: ".") && !$0.isDigit }
        guard !name.isEmpty else { throw .missingUnit }
        let unitName = String(decoding: name, as: UTF8.self)
        guard let unit = units[unitName] else { throw .unknownUnit(unitName) }
        rest = rest[name.endIndex...]

        var value: UInt64 = 0
        for digit in whole {
            guard value <= limit / 10 else { throw .tooLong }
            value = value * 10 + UInt64(digit - UInt8(ascii: "0"))
            guard value <= limit else { throw .tooLong }
        }
        guard value <= limit / unit else { throw .tooLong }
        value *= unit
        let (numerator, scale) = decimals(fraction)
        if numerator > 0 {
            value += UInt64(Double(numerator) * (Double(unit) / scale))
            guard value <= limit else { throw .tooLong }
        }
        return value
    }

    /// Go drops the digits that do not fit, so we do.
    private static func decimals(_ digits: Substring.UTF8View) -> (numerator: UInt64, scale: Double) {
        var numerator: UInt64 = 0
        var scale = 1.0
        for digit in digits {
            guard numerator <= (limit - 1) / 10 else { break }
            let next = numerator * 10 + UInt64(digit - UInt8(ascii: "0"))
            guard next <= limit else { break }
            numerator = next
            scale *= 10
        }
        return (numerator, scale)
    }

    /// Both spellings of micro: U+00B5 and U+03BC.
    private static let units: [String: UInt64] = [
        "ns": 1, "us": 1_000, "\u{B5}s": 1_000, "\u{3BC}s": 1_000, "ms": 1_000_000, "s": 1_000_000_000,
        "m": 60_000_000_000, "h": 3_600_000_000_000,
    ]
}

extension GoDuration: CustomStringConvertible {
    /// As Go prints it: `1h30m0s`, `1.5s`, `250ms`.
    package var description: String {
        let magnitude = nanoseconds.magnitude
        let text =
            switch magnitude {
            case 0: "0s"
            case ..<1_000: "\(magnitude)ns"
            case ..<1_000_000: Self.decimal(magnitude, per: 1_000) + "\u{B5}s"
            case ..<1_000_000_000: Self.decimal(magnitude, per: 1_000_000) + "ms"
            default: Self.clock(magnitude)
            }
        return nanoseconds < 0 ? "-" + text : text
    }

    private static func clock(_ nanoseconds: UInt64) -> String {
        let minutes = nanoseconds / 60_000_000_000
        let seconds = decimal(nanoseconds % 60_000_000_000, per: 1_000_000_000) + "s"
        if minutes == 0 { return seconds }
        return minutes < 60 ? "\(minutes)m\(seconds)" : "\(minutes / 60)h\(minutes % 60)m\(seconds)"
    }

    /// `value / unit` without trailing zeros; `unit` is a power of ten.
    private static func decimal(_ value: UInt64, per unit: UInt64) -> String {
        let (whole, remainder) = value.quotientAndRemainder(dividingBy: unit)
        guard remainder > 0 else { return "\(whole)" }
        var digits = String(unit + remainder).dropFirst()
        while digits.last == "0" { digits.removeLast() }
        return "\(whole).\(digits)"
    }
}
