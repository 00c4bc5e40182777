/// A key of the `key` bucket: `main revision 8, '_', sub revision 8`, big-endian, and a `t` behind a tombstone's.
package struct RevisionKey: Hashable, Comparable, Sendable {
    /// The transaction: the revision that etcd's answers show.
    package let main: Int64
    /// The change within the transaction, from 0.
    package let sub: Int64
    /// Whether it records a deletion.
    package let isTombstone: Bool

    package init(main: Int64, sub: Int64 = 0, isTombstone: Bool = false) {
        self.main = main
        self.sub = sub
        self.isTombstone = isTombstone
    }

    /// Nil when it is not such a key.
    @inline(__always)
    package init?(_ bytes: Bytes) {
        guard bytes.count == 17 || bytes.count == 18,
            let main = bytes.bigEndian(at: 0, as: Int64.self), main >= 0,
            let sub = bytes.bigEndian(at: 9, as: Int64.self), sub >= 0,
            bytes[8] == UInt8(ascii: "_"), bytes.count == 17 || bytes[17] == UInt8(ascii: "t")
        else { return nil }
        self.init(main: main, sub: sub, isTombstone: bytes.count == 18)
    }

    package var encoded: [UInt8] {
        bigEndianBytes(UInt64(bitPattern: main)) + [UInt8(ascii: "_")] + bigEndianBytes(UInt64(bitPattern: sub))
            + (isTombstone ? [UInt8(ascii: "t")] : [])
    }

    package static func < (one: RevisionKey, other: RevisionKey) -> Bool {
        (one.main, one.sub) < (other.main, other.sub)
    }
}

/// As etcd stores integers in keys and values.
package func bigEndianBytes(_ value: UInt64) -> [UInt8] {
    withUnsafeBytes(of: value.bigEndian) { Array($0) }
}
