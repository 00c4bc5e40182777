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

    package var defaulted: Destination {
        var copy = self
        copy.provider = effectiveProvider ?? provider
        if let prefix { copy.prefix = Self.withoutTrailingSlash(prefix) }
        if let s3, s3.hasCustomEndpoint {
            copy.s3?.region = s3.region.ifGiven ?? "us-east-1"
            copy.s3?.forcePathStyle = s3.forcePathStyle ?? true
        }
        return copy
    }

    /// `a/` becomes `a`. `/` and `a//` stay as they are, for a rule to refuse.
    static func withoutTrailingSlash(_ prefix: String) -> String {
        let bytes = prefix.utf8
        let slash = UInt8(ascii: "/")
        guard bytes.last == slash, let before = bytes.dropLast().last, before != slash else { return prefix }
        return String(Substring(bytes.dropLast()))
    }

    func addDefaults(to patch: inout DefaultPatch, at path: String, from received: Destination) {
        patch.set("\(path)/provider", received.provider, provider) { .string($0.rawValue) }
        patch.set("\(path)/prefix", received.prefix, prefix, JSONValue.string)
        if let before = received.s3, let after = s3 {
            patch.set("\(path)/s3/region", before.region, after.region, JSONValue.string)
            patch.set("\(path)/s3/forcePathStyle", before.forcePathStyle, after.forcePathStyle, JSONValue.bool)
        }
    }
}

extension Destination.S3 {
    /// Whether another store than Amazon's answers. An endpoint that cannot be read is nobody's.
    package var hasCustomEndpoint: Bool {
        endpoint.ifGiven.flatMap(EndpointURL.init).map { !$0.isAWS } ?? false
    }
}

extension String? {
    /// Nil for the empty string too: templates write an empty value where they mean none.
    var ifGiven: String? { self?.isEmpty == false ? self : nil }

    /// Not merely the same text by Unicode's canonical equivalence.
    func hasSameBytes(as other: String?) -> Bool {
        guard let self, let other else { return self == nil && other == nil }
        return self.utf8.elementsEqual(other.utf8)
    }
}
