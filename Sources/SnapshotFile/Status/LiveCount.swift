/// The keys that exist, counted.
package struct LiveCount: Hashable, Sendable {
    package private(set) var keys = 0
    /// Of them, with a lease: they go when it expires.
    package private(set) var leased = 0
    /// Of them, with a value that a Kubernetes API server has encrypted.
    package private(set) var encrypted = 0

    /// Reads the `key` bucket once for every 1 572 864 keys. With `leases`, every lease id of such a key is handed to it.
    package init(
        in keyspace: Keyspace, mostSlotBits: Int = 21, onLease: (Int64, Entry) throws -> Void = { _, _ in }
    ) throws {
        try NewestEntries.forEachShare(of: keyspace, upTo: .max, mostSlotBits: mostSlotBits) { newest in
            try newest.forEach { offset, _, traits in
                guard !traits.contains(.tombstone) else { return }
                keys += 1
                if traits.contains(.encrypted) { encrypted += 1 }
                guard traits.contains(.leased) else { return }
                leased += 1
                let entry = try keyspace.database.entry(at: offset)
                try onLease(KeyValue(of: entry).lease, entry)
            }
        }
    }
}
