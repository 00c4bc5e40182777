/// What Kubernetes allows as a name. Each check is nil, or says what a name must be.
package enum KubernetesName {
    /// A DNS-1123 label.
    package static func labelProblem(_ name: String, longest: Int = 63) -> String? {
        name.utf8.count <= longest && isLabel(name.utf8)
            ? nil
            : "must be at most \(longest) lower-case letters, digits and hyphens, starting and ending with a letter or "
                + "digit (a DNS-1123 label)"
    }

    /// A DNS-1123 subdomain, which most objects are named by.
    package static func subdomainProblem(_ name: String) -> String? {
        isSubdomain(name)
            ? nil
            : "must be at most 253 lower-case letters, digits, hyphens and dots, each part starting and ending with a "
                + "letter or digit (a DNS-1123 subdomain)"
    }

    /// The key of a label or annotation: a name, behind an optional subdomain and a slash.
    package static func qualifiedNameProblem(_ key: String) -> String? {
        let parts = key.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        let name = parts.last ?? ""
        let isValid = isLabelValue(name) && !name.isEmpty && (parts.count == 1 || isSubdomain(String(parts[0])))
        return isValid
            ? nil
            : "must be a name of at most 63 letters, digits, '-', '_' and '.', starting and ending with a letter or "
                + "digit, with an optional DNS subdomain and '/' before it"
    }

    package static func labelValueProblem(_ value: String) -> String? {
        isLabelValue(Substring(value))
            ? nil
            : "must be empty, or at most 63 letters, digits, '-', '_' and '.', starting and ending with a letter or digit"
    }

    package static func isSubdomain(_ name: String) -> Bool {
        let bytes = name.utf8
        return bytes.count <= 253
            && bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy(isLabel)
    }

    static func isLabel(_ bytes: some BidirectionalCollection<UInt8>) -> Bool {
        guard let first = bytes.first, let last = bytes.last else { return false }
        return first.isLowerOrDigit && last.isLowerOrDigit
            && bytes.allSatisfy { $0.isLowerOrDigit || $0 == UInt8(ascii: "-") }
    }

    private static func isLabelValue(_ value: Substring) -> Bool {
        let bytes = value.utf8
        guard let first = bytes.first, let last = bytes.last else { return true }
        return bytes.count <= 63 && first.isLetterOrDigit && last.isLetterOrDigit
            && bytes.allSatisfy { $0.isLetterOrDigit || "-_.".utf8.contains($0) }
    }
}

extension UInt8 {
    var isDigit: Bool { self >= UInt8(ascii: "0") && self <= UInt8(ascii: "9") }
    var isLowerOrDigit: Bool { isDigit || (self >= UInt8(ascii: "a") && self <= UInt8(ascii: "z")) }
    var isLetterOrDigit: Bool { isLowerOrDigit || (self >= UInt8(ascii: "A") && self <= UInt8(ascii: "Z")) }
    var isHexDigit: Bool { isDigit || (self | 0x20 >= UInt8(ascii: "a") && self | 0x20 <= UInt8(ascii: "f")) }
}
