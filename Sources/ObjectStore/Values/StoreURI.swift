/// A place as people write it: `s3://bucket/key`, `gs://bucket/key` or `file:///path`.
package enum StoreURI: Hashable, Sendable, CustomStringConvertible {
    /// `path` may be empty, or a key or prefix of the bucket.
    case s3(bucket: String, path: String)
    case gcs(bucket: String, path: String)
    /// Absolute.
    case file(path: String)

    /// Percent signs and the like stand for themselves: what follows the bucket is the key, byte for byte.
    package init(_ text: String) throws(StoreError) {
        guard let separator = text.firstRange(of: "://") else {
            throw .invalidLocation(text, reason: "it begins with none of s3://, gs:// and file://")
        }
        let rest = text[separator.upperBound...]
        let slash = rest.firstIndex(of: "/")
        let (host, path) = (rest[..<(slash ?? rest.endIndex)], slash.map { rest[rest.index(after: $0)...] } ?? "")
        switch text[..<separator.lowerBound] {
        case "s3" where !host.isEmpty: self = .s3(bucket: String(host), path: String(path))
        case "gs" where !host.isEmpty: self = .gcs(bucket: String(host), path: String(path))
        case "file" where host.isEmpty && !path.isEmpty: self = .file(path: "/" + path)
        case "s3", "gs": throw .invalidLocation(text, reason: "it names no bucket")
        case "file":
            throw .invalidLocation(text, reason: "file:// is followed by an absolute path, as in file:///backups")
        default: throw .invalidLocation(text, reason: "it begins with none of s3://, gs:// and file://")
        }
    }

    /// The key, prefix or path; empty for a whole bucket.
    package var path: String {
        switch self {
        case .s3(_, let path), .gcs(_, let path), .file(let path): path
        }
    }

    package var description: String {
        switch self {
        case .s3(let bucket, let path): "s3://\(bucket)/\(path)"
        case .gcs(let bucket, let path): "gs://\(bucket)/\(path)"
        case .file(let path): "file://\(path)"
        }
    }
}
