/// Whether the leases that keys are bound to exist.
struct LeaseCheck {
    private let database: Database
    private let bucket: Bucket?
    /// The last one looked up: keys with one lease often lie together.
    private var last: (lease: Int64, exists: Bool)?

    init(_ database: Database) throws(Finding) {
        self.database = database
        bucket = try database.bucket("lease")
    }

    mutating func check(_ lease: Int64, of entry: Entry) throws(Finding) -> Finding? {
        if last?.lease != lease {
            last = (lease, try exists(lease))
        }
        guard last?.exists == false else { return nil }
        return Finding(
            .warning, page: entry.page, offset: entry.offset,
            expected: "lease \(String(UInt64(bitPattern: lease), radix: 16)) of this key in the lease bucket",
            found: "none: the key will not expire")
    }

    private func exists(_ lease: Int64) throws(Finding) -> Bool {
        guard let bucket else { return false }
        return try database.entry(of: bigEndianBytes(UInt64(bitPattern: lease)), in: bucket) != nil
    }
}
