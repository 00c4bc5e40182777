package import FoundationEssentials

/// How objects are to be kept, and what this store can take.
package struct S3Options: Hashable, Sendable {
    package enum Encryption: Hashable, Sendable {
        /// With keys of the store (SSE-S3).
        case store
        /// With a key of the key management service, by id or ARN; `nil`: the account's own for S3 (SSE-KMS).
        case kms(key: String?)
    }

    package struct Retention: Hashable, Sendable {
        package enum Mode: String, Sendable {
            case governance = "GOVERNANCE"
            case compliance = "COMPLIANCE"
        }

        package var mode: Mode
        package var until: Date

        package init(_ mode: Mode, until: Date) {
            self.mode = mode
            self.until = until
        }
    }

    /// `nil`: what the bucket does by default.
    package var encryption: Encryption?
    package var tags: [String: String]
    package var retention: Retention?
    /// Digests of each body, as buckets with object lock insist on; else it is turned on when the store asks for it.
    package var sendsContentMD5: Bool
    /// Uploads beside each other. R2 bears two or three.
    package var parallelParts: Int

    package init(
        encryption: Encryption? = nil, tags: [String: String] = [:], retention: Retention? = nil,
        sendsContentMD5: Bool = false, parallelParts: Int = 4
    ) {
        self.encryption = encryption
        self.tags = tags
        self.retention = retention
        self.sendsContentMD5 = sendsContentMD5
        self.parallelParts = parallelParts
    }

    /// Of the request that creates an object.
    var fields: [(name: String, value: String)] {
        var fields: [(name: String, value: String)] = []
        switch encryption {
        case .store: fields.append(("x-amz-server-side-encryption", "AES256"))
        case .kms(let key):
            fields.append(("x-amz-server-side-encryption", "aws:kms"))
            if let key { fields.append(("x-amz-server-side-encryption-aws-kms-key-id", key)) }
        case nil: break
        }
        if !tags.isEmpty {
            let pairs = tags.sorted { $0.key < $1.key }
                .map { "\(PercentEncoding.component($0.key))=\(PercentEncoding.component($0.value))" }
            fields.append(("x-amz-tagging", pairs.joined(separator: "&")))
        }
        if let retention {
            fields.append(("x-amz-object-lock-mode", retention.mode.rawValue))
            fields.append(("x-amz-object-lock-retain-until-date", retention.until.formatted(.iso8601)))
        }
        return fields
    }
}
