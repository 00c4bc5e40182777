/// Keys of an object store, read as paths: what is allowed in a prefix and in a key behind it.
enum PrefixRules {
    static let invalid = Rule(
        "destination.prefix.invalid", .all, at: "destination.prefix", .invalid,
        "No leading slash, no empty, `.` or `..` segment, no control character, no backslash.")
    static let tooLong = Rule(
        "destination.prefix.tooLong", .all, at: "destination.prefix", .invalid,
        "The prefix and the key behind it stay within 1024 bytes of UTF-8.")
    static let all = [invalid, tooLong]

    /// What S3 and GCS take, in bytes of UTF-8.
    static let longestKey = 1024

    static func judge(_ prefix: String?, at path: FieldPath, keyLength: Int, into findings: inout [Finding]) {
        guard let prefix = prefix.ifGiven else { return }
        let folder = Destination.withoutTrailingSlash(prefix)
        let problems = problems(inPath: folder)
        if !problems.isEmpty {
            findings.append(Finding(invalid, at: path, value: quoted(prefix), problems.joined(separator: "; ")))
        }
        let length = folder.utf8.count + keyLength
        if length > longestKey {
            findings.append(
                Finding(
                    tooLong, at: path, value: quoted(prefix),
                    "with the key behind it, it makes \(length) bytes and the store takes \(longestKey): shorten it by "
                        + "\(length - longestKey)"))
        }
    }

    /// Everything that keeps `text` from being a relative path of non-empty segments.
    static func problems(inPath text: String) -> [String] {
        var problems: [String] = []
        if text.utf8.first == UInt8(ascii: "/") { problems.append("must not begin with a slash") }
        let segments = text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        if segments.dropFirst().dropLast().contains(where: \.isEmpty) {
            problems.append("must not have an empty segment (\"//\")")
        } else if segments.count > 1, segments.last?.isEmpty == true, text != "/" {
            problems.append("must not end with a slash")
        }
        if segments.contains(where: { $0.elementsEqual(".".utf8) || $0.elementsEqual("..".utf8) }) {
            problems.append("must not have a segment \".\" or \"..\"")
        }
        if text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) {
            problems.append("must not contain control characters")
        }
        if text.utf8.contains(UInt8(ascii: "\\")) { problems.append("must not contain a backslash") }
        return problems
    }
}
