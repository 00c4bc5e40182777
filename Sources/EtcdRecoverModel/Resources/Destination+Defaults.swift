extension Destination {
    /// The provider that is named or, where none is, the one whose block is the only one set.
    package var effectiveProvider: Provider? {
        if let provider, !provider.rawValue.isEmpty { return provider }
        return switch (s3, gcs) {
        case (.some, nil): .s3
        case (nil, .some): .gcs
        default: nil
        }
    }

    var defaulted: Destination {
        var copy = self
        copy.provider = effectiveProvider ?? provider
        if let prefix { copy.prefix = Self.withoutTrailingSlash(prefix) }
        return copy
    }

    /// `a/` becomes `a`. `/` and `a//` stay as they are, for a rule to refuse.
    static func withoutTrailingSlash(_ prefix: String) -> String {
        prefix.utf8.count > 1 && prefix.hasSuffix("/") && !prefix.hasSuffix("//") ? String(prefix.dropLast()) : prefix
    }
}

extension String? {
    /// Nil for the empty string too: templates write an empty value where they mean none.
    var ifGiven: String? { self?.isEmpty == false ? self : nil }
}
