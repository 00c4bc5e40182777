extension Quantity {
    /// How much it is, exactly; nil when the text is no quantity.
    package var amount: Amount? { Amount(parsing: rawValue) }

    /// A number of thousand-millionths. As in Kubernetes, what is finer is rounded away from zero, and what is beyond
    /// 2^63-1 counts as that.
    package struct Amount: Hashable, Comparable, Sendable {
        package var nanos: Int128

        package static func whole(_ count: Int64) -> Amount { Amount(nanos: Int128(count) * 1_000_000_000) }
        package static func < (one: Amount, other: Amount) -> Bool { one.nanos < other.nanos }
    }
}

extension Quantity.Amount {
    /// `<sign><digits>[.<digits>]<suffix>`, the suffix binary (`Ki` to `Ei`), decimal (`n` to `E`) or an exponent
    /// (`e3`, `E-2`). A text without any digit is refused, which Kubernetes' Go code reads as 0 and its CRDs refuse.
    init?(parsing text: String) {
        var rest = Substring(text).utf8
        let isNegative = rest.first == UInt8(ascii: "-")
        if isNegative || rest.first == UInt8(ascii: "+") { rest.removeFirst() }
        let whole = rest.prefix(while: \.isDigit)
        rest = rest[whole.endIndex...]
        var fraction = whole[whole.endIndex...]
        if rest.first == UInt8(ascii: ".") {
            fraction = rest.dropFirst().prefix(while: \.isDigit)
            rest = rest[fraction.endIndex...]
        }
        guard !whole.isEmpty || !fraction.isEmpty, let scale = Scale(suffix: rest) else { return nil }
        let magnitude = Self.nanos(whole, fraction, scale)
        nanos = isNegative ? -magnitude : magnitude
    }

    private enum Scale {
        case binary(power: Int)
        case decimal(power: Int)

        init?(suffix: Substring.UTF8View) {
            switch String(decoding: suffix, as: UTF8.self) {
            case "": self = .decimal(power: 0)
            case "n": self = .decimal(power: -9)
            case "u": self = .decimal(power: -6)
            case "m": self = .decimal(power: -3)
            case "k": self = .decimal(power: 3)
            case "M": self = .decimal(power: 6)
            case "G": self = .decimal(power: 9)
            case "T": self = .decimal(power: 12)
            case "P": self = .decimal(power: 15)
            case "E": self = .decimal(power: 18)
            case "Ki": self = .binary(power: 10)
            case "Mi": self = .binary(power: 20)
            case "Gi": self = .binary(power: 30)
            case "Ti": self = .binary(power: 40)
            case "Pi": self = .binary(power: 50)
            case "Ei": self = .binary(power: 60)
            case let exponent:
                guard exponent.first == "e" || exponent.first == "E", let power = Int(exponent.dropFirst()) else {
                    return nil
                }
                // Far beyond both bounds, and safe to add to.
                self = .decimal(power: min(max(power, -10_000), 10_000))
            }
        }
    }

    private static let ceiling = Int128(Int64.max) * 1_000_000_000

    private static func nanos(_ whole: Substring.UTF8View, _ fraction: Substring.UTF8View, _ scale: Scale) -> Int128 {
        // 19 digits times 2^60 still fit; what is cut off behind them only rounds up.
        var digits: Int128 = 0
        var kept = 0
        var power = 9
        var isRounded = false
        for (digit, isFraction) in [(whole, false), (fraction, true)].lazy.flatMap({ part in
            part.0.lazy.map { ($0 - UInt8(ascii: "0"), part.1) }
        }) {
            if kept < 19 {
                digits = digits * 10 + Int128(digit)
                if digits > 0 { kept += 1 }
                if isFraction { power -= 1 }
            } else {
                isRounded = isRounded || digit > 0
                if !isFraction { power += 1 }
            }
        }
        guard digits > 0 else { return 0 }
        switch scale {
        case .decimal(let shift): power += shift
        case .binary(let shift): digits <<= Int128(shift)
        }
        while power > 0 {
            guard digits < ceiling else { return ceiling }
            digits *= 10
            power -= 1
        }
        while power < 0, digits > 0 {
            isRounded = isRounded || digits % 10 > 0
            digits /= 10
            power += 1
        }
        return min(digits + (isRounded ? 1 : 0), ceiling)
    }
}
