/// A lease as the `lease` bucket has it, under its id of 8 bytes.
package struct StoredLease: Hashable, Sendable {
    package let id: Int64
    /// Seconds it was granted for.
    package let timeToLive: Int64
    /// Seconds left at the last checkpoint; 0 without one.
    package let remaining: Int64

    init(of entry: Entry) throws(Finding) {
        guard entry.key.count == 8, let id = entry.key.bigEndian(at: 0, as: Int64.self) else {
            throw entry.unexpectedKey("a lease's id of 8 bytes")
        }
        var numbers: (id: UInt64, timeToLive: UInt64, remaining: UInt64) = (0, 0, 0)
        var reader = WireReader(entry.value)
        do {
            while let field = try reader.next() {
                switch (field.number, field.value) {
                case (1, .varint(let number)): numbers.id = number
                case (2, .varint(let number)): numbers.timeToLive = number
                case (3, .varint(let number)): numbers.remaining = number
                default: break
                }
            }
        } catch {
            throw entry.unexpected("a Lease message")
        }
        guard Int64(bitPattern: numbers.id) == id else {
            throw entry.unexpected("lease \(String(id, radix: 16)) in its message")
        }
        self.id = id
        timeToLive = Int64(bitPattern: numbers.timeToLive)
        remaining = Int64(bitPattern: numbers.remaining)
    }
}
