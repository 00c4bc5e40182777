/// Floating-point numbers as kubectl prints them: the shortest digits that read back to the same number.
enum NumberText {
    /// In YAML: with an exponent below 1e-4 and from 1e+06 on.
    static func yaml(_ number: Double) -> String { general(Decimal(number.description), number.isNaN, number) }

    /// As a mapping key: like `yaml`, from the nearest single-precision number.
    static func key(_ number: Double) -> String { general(Decimal(Float(number).description), number.isNaN, number) }

    /// In JSON: with an exponent below 1e-6 and from 1e21 on. The number must be finite.
    static func json(_ number: Double) -> String {
        let decimal = Decimal(number.description)
        let magnitude = abs(number)
        if magnitude != 0, magnitude < 1e-6 || magnitude >= 1e21 { return decimal.scientific(exponentDigits: 1) }
        return decimal.positional
    }

    private static func general(_ decimal: Decimal, _ isNaN: Bool, _ number: Double) -> String {
        if isNaN { return ".nan" }
        if number.isInfinite { return number < 0 ? "-.inf" : ".inf" }
        return (-4..<6).contains(decimal.exponent) ? decimal.positional : decimal.scientific(exponentDigits: 2)
    }

    /// sign d.ddd × 10^exponent, without leading or trailing zeros in the digits.
    private struct Decimal {
        var sign = ""
        var digits: [Character] = []
        var exponent = 0

        /// Takes the standard library's description of a finite number: `-12.5`, `1e-07`, `5e+20`.
        init(_ description: String) {
            let parts = description.split(separator: "e")
            var mantissa = parts.first ?? "0"
            if mantissa.first == "-" {
                sign = "-"
                mantissa.removeFirst()
            }
            let halves = mantissa.split(separator: ".")
            digits = halves.flatMap { $0 }
            exponent = (halves.first?.count ?? 1) - 1 + (parts.count > 1 ? Int(parts[1]) ?? 0 : 0)
            while digits.count > 1, digits.first == "0" {
                digits.removeFirst()
                exponent -= 1
            }
            while digits.count > 1, digits.last == "0" { digits.removeLast() }
            if digits == ["0"] { exponent = 0 }
        }

        var positional: String {
            if exponent < 0 { return sign + "0." + String(repeating: "0", count: -exponent - 1) + String(digits) }
            let whole = String(digits.prefix(exponent + 1))
            let zeros = String(repeating: "0", count: exponent + 1 - whole.count)
            let fraction = String(digits.dropFirst(exponent + 1))
            return sign + whole + zeros + (fraction.isEmpty ? "" : "." + fraction)
        }

        func scientific(exponentDigits: Int) -> String {
            let fraction = String(digits.dropFirst())
            let power = String(abs(exponent))
            return sign + String(digits.prefix(1)) + (fraction.isEmpty ? "" : "." + fraction)
                + (exponent < 0 ? "e-" : "e+")
                + String(repeating: "0", count: max(0, exponentDigits - power.count)) + power
        }
    }
}
