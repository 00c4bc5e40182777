/// A meta page: which tree is the database, as of one transaction.
///
///     page header   16
///     magic          4   0xED0CDAED
///     version        4   2
///     page size      4
///     flags          4
///     root page      8   of the root bucket
///     root sequence  8
///     freelist       8   its page, or all ones: not stored
///     high water     8   first page never allocated
///     transaction    8
///     checksum       8   FNV-1a of the 56 bytes before
package struct Meta: Hashable, Sendable {
    package static let magic: UInt32 = 0xED0C_DAED
    package static let version: UInt32 = 2
    /// The page of a freelist that is not stored.
    package static let noFreelist = UInt64.max
    static let bodyOffset = 16
    static let bodySize = 64

    package let pageSize: Int
    package let rootPage: UInt64
    package let rootSequence: UInt64
    package let freelistPage: UInt64
    package let highWater: UInt64
    package let transaction: UInt64

    package init(
        pageSize: Int, rootPage: UInt64, rootSequence: UInt64 = 0, freelistPage: UInt64 = noFreelist,
        highWater: UInt64, transaction: UInt64
    ) {
        self.pageSize = pageSize
        self.rootPage = rootPage
        self.rootSequence = rootSequence
        self.freelistPage = freelistPage
        self.highWater = highWater
        self.transaction = transaction
    }

    /// Reads the meta page that starts at `offset`. Throws when it is not a valid one.
    package init(_ file: Bytes, at offset: Int) throws(Finding) {
        guard let body = file.slice(at: offset &+ Self.bodyOffset, count: Self.bodySize),
            let magic = body.littleEndian(at: 0, as: UInt32.self),
            let version = body.littleEndian(at: 4, as: UInt32.self),
            let pageSize = body.littleEndian(at: 8, as: UInt32.self),
            let rootPage = body.littleEndian(at: 16, as: UInt64.self),
            let rootSequence = body.littleEndian(at: 24, as: UInt64.self),
            let freelistPage = body.littleEndian(at: 32, as: UInt64.self),
            let highWater = body.littleEndian(at: 40, as: UInt64.self),
            let transaction = body.littleEndian(at: 48, as: UInt64.self),
            let checksum = body.littleEndian(at: 56, as: UInt64.self),
            let summed = body.slice(at: 0, count: 56)
        else { throw Finding(offset: offset, expected: "a meta page", found: "the end of the file") }
        guard magic == Self.magic else {
            throw Finding(
                offset: offset + 16, expected: "the mark of a bbolt database, ed0cdaed",
                found: String(magic, radix: 16))
        }
        guard version == Self.version else {
            throw Finding(offset: offset + 20, expected: "version 2 of bbolt's format", found: "version \(version)")
        }
        let sum = Self.checksum(of: summed)
        guard checksum == sum else {
            throw Finding(
                offset: offset + 72, expected: "checksum \(String(sum, radix: 16)) of the meta page",
                found: String(checksum, radix: 16))
        }
        // bbolt takes any size; every one it ever chose by itself is a power of two.
        guard pageSize >= 512, pageSize <= 16 << 20, pageSize.nonzeroBitCount == 1 else {
            throw Finding(
                offset: offset + 24, expected: "a page size that is a power of two from 512 to 16777216",
                found: "\(pageSize)")
        }
        self.init(
            pageSize: Int(pageSize), rootPage: rootPage, rootSequence: rootSequence, freelistPage: freelistPage,
            highWater: highWater, transaction: transaction)
    }

    /// FNV-1a, 64 bits.
    package static func checksum(of bytes: some Sequence<UInt8>) -> UInt64 {
        bytes.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }
}
