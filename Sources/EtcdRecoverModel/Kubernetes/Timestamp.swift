package import FoundationEssentials

/// A `metav1.Time`: RFC 3339 in UTC, kept as written, since a value we cannot read must still decode.
package struct Timestamp: RawRepresentable, Codable, Hashable, Sendable {
    package var rawValue: String

    package init(rawValue: String) { self.rawValue = rawValue }

    /// Whole seconds, as the API server writes them.
    package init(_ date: Date) { rawValue = date.formatted(.iso8601) }

    /// Nil when the text is not RFC 3339.
    package var date: Date? {
        (try? Date(rawValue, strategy: .iso8601))
            ?? (try? Date(rawValue, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true)))
    }
}
