/// What a bucket of Amazon S3 may be called, and what any bucket must be to stand in a URL.
enum S3BucketName {
    private static let reservedPrefixes = ["xn--", "sthree-", "amzn-s3-demo-"]
    private static let reservedSuffixes = ["-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3"]

    /// Everything that Amazon would refuse.
    static func problems(_ name: String) -> [String] {
        var problems: [String] = []
        let bytes = name.utf8
        if !(3...63).contains(bytes.count) { problems.append("must have 3 to 63 characters") }
        if !bytes.allSatisfy({ $0.isLowerOrDigit || "-.".utf8.contains($0) }) {
            problems.append("must consist of lower-case letters, digits, dots and hyphens")
        }
        if !isBounded(bytes) { problems.append("must start and end with a lower-case letter or digit") }
        if hasEmptyLabel(name) { problems.append("must not contain \"..\"") }
        if isIPAddress(name) { problems.append("must not look like an IP address") }
        if let prefix = reservedPrefixes.first(where: name.hasPrefix) {
            problems.append("must not begin with \"\(prefix)\", which Amazon reserves")
        }
        if let suffix = reservedSuffixes.first(where: name.hasSuffix) {
            problems.append("must not end with \"\(suffix)\", which Amazon reserves")
        }
        return problems
    }

    /// Everything that would change the meaning of a URL with the name in it. Stores other than Amazon's have rules of
    /// their own beyond that.
    static func problemsInURL(_ name: String) -> [String] {
        var problems: [String] = []
        let bytes = name.utf8
        if bytes.count > 255 { problems.append("must have at most 255 characters") }
        if !bytes.allSatisfy({ $0.isLetterOrDigit || "-._".utf8.contains($0) }) {
            problems.append("must consist of letters, digits, dots, hyphens and underscores")
        }
        if name == "." || name == ".." { problems.append("must not be \".\" or \"..\"") }
        return problems
    }

    /// Whether the first and the last are letters or digits.
    static func isBounded(_ bytes: String.UTF8View) -> Bool {
        (bytes.first?.isLowerOrDigit ?? false) && (bytes.last?.isLowerOrDigit ?? false)
    }

    private static func hasEmptyLabel(_ name: String) -> Bool {
        zip(name.utf8, name.utf8.dropFirst()).contains { $0 == UInt8(ascii: ".") && $1 == UInt8(ascii: ".") }
    }

    /// Four numbers with dots, whatever their size.
    static func isIPAddress(_ name: String) -> Bool {
        let parts = name.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return parts.count == 4 && parts.allSatisfy { !$0.isEmpty && $0.count <= 3 && $0.allSatisfy(\.isDigit) }
    }
}
