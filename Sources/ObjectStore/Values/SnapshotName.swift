package import FoundationEssentials

/// The names of snapshots: `<prefix>/<cluster>/<backup name>-<yyyyMMdd'T'HHmmss'Z'>.db`, so that the keys of one cluster
/// lie under their own directory and those of one backup sort by time.
package enum SnapshotName {
    package static func key(
        prefix: KeyPrefix, cluster: String, backup: String, time: Date
    ) throws(StoreError) -> ObjectKey {
        try prefix.key("\(cluster)/\(backup)-\(S3Time.stamp(time)).db")
    }

    /// When the snapshot of that key was taken; `nil` where the key is not of this form.
    package static func time(inKey key: String) -> Date? {
        let bytes = Array(key.utf8)
        let suffix = Array(".db".utf8)
        guard bytes.count > 20, bytes.suffix(3).elementsEqual(suffix), bytes[bytes.count - 20] == UInt8(ascii: "-")
        else { return nil }
        let stamp = String(decoding: bytes[(bytes.count - 19)..<(bytes.count - 3)], as: UTF8.self)
        return S3Time.date(stamp: stamp)
    }
}
