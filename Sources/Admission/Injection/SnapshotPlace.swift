import EtcdRecoverModel

/// Where a snapshot lies, as a status tells it: `s3://bucket/key` or `gs://bucket/key`.
package struct SnapshotPlace: Equatable {
    package var scheme: String
    package var bucket: String
    package var key = ""

    /// Without the key.
    var store: SnapshotPlace { SnapshotPlace(scheme: scheme, bucket: bucket) }
}

extension SnapshotPlace {
    package init?(_ uri: String) {
        guard let mark = uri.firstRange(of: "://") else { return nil }
        let parts = uri[mark.upperBound...].split(separator: "/", maxSplits: 1)
        guard parts.count == 2 else { return nil }
        self.init(scheme: String(uri[..<mark.lowerBound]), bucket: String(parts[0]), key: String(parts[1]))
    }
}

extension Destination {
    /// Its bucket; nil where it names none.
    var store: SnapshotPlace? {
        switch effectiveProvider {
        case .s3?: s3?.bucket.map { SnapshotPlace(scheme: "s3", bucket: $0) }
        case .gcs?: gcs?.bucket.map { SnapshotPlace(scheme: "gs", bucket: $0) }
        default: nil
        }
    }
}
