/// The keys that exist, counted.
package struct LiveCount: Hashable, Sendable {
    package private(set) var keys = 0
    /// Of them, with a lease: they go when it expires.
    package private(set) var leased = 0
    /// Of them, with a value that a Kubernetes API server has encrypted.
    package private(set) var encrypted = 0

    /// Reads the `key` bucket once for every 786 432 keys. With `leases`, every lease id of such a key is handed to it.
    package init(
        in keyspace: Keyspace, mostSlotBits: Int = 20, onLease: (Int64, Entry) throws -> Void = { _, _ in }
    ) throws {
        try NewestEntries.forEachShare(of: keyspace, upTo: .max, mostSlotBits: mostSlotBits) { newest in
            try newest.forEach { offset, _, isTombstone in
                guard !isTombstone else { return }
                let entry = try keyspace.database.entry(at: offset)
                let keyValue = try KeyValue(of: entry)
                keys += 1
                if keyValue.lease != 0 {
                    leased += 1
                    try onLease(keyValue.lease, entry)
                }
                if keyValue.value.starts(with: Self.encryptionMark) { encrypted += 1 }
            }
        }
    }

    private static let encryptionMark = Array("k8s:enc:".utf8)
}
