/// Where snapshots lie: a bucket of an object store, a key prefix, and the Secret that opens it.
package struct Destination: Codable, Hashable, Sendable {
    package var provider: Provider?
    /// Key prefix ("folder"); a trailing slash is optional.
    package var prefix: String?
    /// Absent: ambient credentials of the pod.
    package var secretRef: LocalReference?
    package var s3: S3?
    package var gcs: GCS?

    /// A word from a manifest, so any spelling decodes and a rule decides.
    package struct Provider: RawRepresentable, Codable, Hashable, Sendable {
        package var rawValue: String
        package init(rawValue: String) { self.rawValue = rawValue }

        package static let s3 = Self(rawValue: "s3")
        package static let gcs = Self(rawValue: "gcs")
        package static let all = [s3, gcs]
    }

    package struct S3: Codable, Hashable, Sendable {
        package var bucket: String?
        package var region: String?
        package var endpoint: String?
        package var forcePathStyle: Bool?

        package init(
            bucket: String? = nil, region: String? = nil, endpoint: String? = nil, forcePathStyle: Bool? = nil
        ) {
            self.bucket = bucket
            self.region = region
            self.endpoint = endpoint
            self.forcePathStyle = forcePathStyle
        }
    }

    package struct GCS: Codable, Hashable, Sendable {
        package var bucket: String?
        package var endpoint: String?

        package init(bucket: String? = nil, endpoint: String? = nil) {
            self.bucket = bucket
            self.endpoint = endpoint
        }
    }

    // By hand: to a String, two spellings of one letter are equal; to a store they are two keys.
    package static func == (one: Self, other: Self) -> Bool {
        one.prefix.hasSameBytes(as: other.prefix) && one.provider == other.provider && one.secretRef == other.secretRef
            && one.s3 == other.s3 && one.gcs == other.gcs
    }

    package init(
        provider: Provider? = nil, prefix: String? = nil, secretRef: LocalReference? = nil, s3: S3? = nil,
        gcs: GCS? = nil
    ) {
        self.provider = provider
        self.prefix = prefix
        self.secretRef = secretRef
        self.s3 = s3
        self.gcs = gcs
    }
}

/// The name of an object in the same namespace.
package struct LocalReference: Codable, Hashable, Sendable {
    package var name: String?
    package init(name: String? = nil) { self.name = name }
}
