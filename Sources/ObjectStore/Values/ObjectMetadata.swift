import Cryptography
package import FoundationEssentials

/// What is known of a snapshot, kept with the object. A field that was not measured is absent.
package struct ObjectMetadata: Hashable, Sendable {
    /// Of all the object's bytes, lower-case hexadecimal. Set by `ObjectStore.put`.
    package var sha256: String?
    package var revision: Int64?
    package var etcdVersion: String?
    /// Namespace and name of the cluster as its owner writes them, or its id.
    package var cluster: String?
    package var member: String?
    /// When the snapshot was taken. Whole seconds.
    package var time: Date?
    /// Tells one attempt to write an object from all others.
    var upload: String?

    package init(
        cluster: String? = nil, member: String? = nil, etcdVersion: String? = nil, revision: Int64? = nil,
        time: Date? = nil
    ) {
        self.cluster = cluster
        self.member = member
        self.etcdVersion = etcdVersion
        self.revision = revision
        self.time = time.map { Date(timeIntervalSince1970: $0.timeIntervalSince1970.rounded(.down)) }
    }

    /// With what `other` knows too, or better.
    func merging(_ other: ObjectMetadata) -> ObjectMetadata {
        var merged = self
        merged.sha256 = other.sha256 ?? sha256
        merged.revision = other.revision ?? revision
        merged.etcdVersion = other.etcdVersion ?? etcdVersion
        merged.cluster = other.cluster ?? cluster
        merged.member = other.member ?? member
        merged.time = other.time ?? time
        merged.upload = other.upload ?? upload
        return merged
    }
}

// The names and texts under which a store keeps it; the texts are printable ASCII, as header fields have to be.
extension ObjectMetadata {
    private enum Name {
        static let sha256 = "etcdrecover-sha256"
        static let revision = "etcdrecover-revision"
        static let etcdVersion = "etcdrecover-etcd-version"
        static let cluster = "etcdrecover-cluster"
        static let member = "etcdrecover-member"
        static let time = "etcdrecover-time"
        static let upload = "etcdrecover-upload"
    }

    var fields: [(name: String, value: String)] {
        let all: [(String, String?)] = [
            (Name.sha256, sha256), (Name.revision, revision.map(String.init)),
            (Name.etcdVersion, etcdVersion.map(PercentEncoding.headerValue)),
            (Name.cluster, cluster.map(PercentEncoding.headerValue)),
            (Name.member, member.map(PercentEncoding.headerValue)), (Name.time, time?.formatted(.iso8601)),
            (Name.upload, upload),
        ]
        return all.compactMap { name, value in value.map { (name, $0) } }
    }

    /// `value` looks a name up. What cannot be read counts as absent.
    init(fields value: (String) -> String?) {
        self.init(
            cluster: value(Name.cluster).map(PercentEncoding.decoded),
            member: value(Name.member).map(PercentEncoding.decoded),
            etcdVersion: value(Name.etcdVersion).map(PercentEncoding.decoded),
            revision: value(Name.revision).flatMap { Int64($0) },
            time: value(Name.time).flatMap { try? Date($0, strategy: .iso8601) })
        sha256 = value(Name.sha256).flatMap { $0.utf8.count == 64 && $0.allSatisfy(\.isHexDigit) ? $0 : nil }
        upload = value(Name.upload)
    }
}
