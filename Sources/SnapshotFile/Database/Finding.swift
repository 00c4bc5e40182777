/// Something in a file that is not as bbolt or etcd write it, and where.
package struct Finding: Error, Hashable, Codable, Sendable {
    package enum Severity: String, Codable, Sendable {
        /// Data is damaged, missing or not what was saved.
        case error
        /// Unusual, yet everything can be read.
        case warning
    }

    package let severity: Severity
    /// The page it is in or about; nil when it is about the file as a whole.
    package let page: UInt64?
    /// Bytes from the beginning of the file.
    package let offset: Int?
    package let expected: String
    package let found: String

    package init(
        _ severity: Severity = .error, page: UInt64? = nil, offset: Int? = nil, expected: String, found: String
    ) {
        self.severity = severity
        self.page = page
        self.offset = offset
        self.expected = expected
        self.found = found
    }
}

extension Finding: CustomStringConvertible {
    /// `page 12, offset 49160: expected …, found …`
    package var description: String {
        let place = [page.map { "page \($0)" }, offset.map { "offset \($0)" }].compactMap(\.self)
        return (place.isEmpty ? "" : place.joined(separator: ", ") + ": ") + "expected \(expected), found \(found)"
    }
}
