/// What the first bytes of a file tell.
package enum SnapshotFormat {
    /// Whether a snapshot or database of etcd begins so: `bytes` are its first 80 or more.
    package static func isDatabase(_ bytes: [UInt8]) -> Bool {
        bytes.withUnsafeBytes { buffer in
            buffer.baseAddress.map { (try? Meta(Bytes(start: $0, count: buffer.count), at: 0)) != nil } ?? false
        }
    }
}
