/// Colours of a terminal, or none.
struct Style: Sendable {
    enum Color: String { case red = "31", green = "32", yellow = "33", cyan = "36" }

    static let plain = Style(isOn: false)

    var isOn: Bool

    func paint(_ text: String, _ color: Color) -> String {
        isOn ? "\u{1B}[\(color.rawValue)m\(text)\u{1B}[0m" : text
    }
}

extension String {
    /// Safe to show on a terminal: control characters, which could move the cursor or hide text, are written as escapes.
    /// Tabs and line ends stay when `keepsLayout`.
    func printable(keepsLayout: Bool = false) -> String {
        guard unicodeScalars.contains(where: \.isControl) else { return self }
        return unicodeScalars.reduce(into: "") { text, scalar in
            if scalar.isControl, !(keepsLayout && (scalar == "\n" || scalar == "\t")) {
                text += scalar.escaped(asASCII: true)
            } else {
                text.unicodeScalars.append(scalar)
            }
        }
    }
}

extension Unicode.Scalar {
    /// C0, DEL, C1, line and paragraph separators, and the marks that reverse the direction of text.
    fileprivate var isControl: Bool {
        switch value {
        case 0..<0x20, 0x7F..<0xA0, 0x2028, 0x2029, 0x202A...0x202E, 0x2066...0x2069: true
        default: false
        }
    }
}
