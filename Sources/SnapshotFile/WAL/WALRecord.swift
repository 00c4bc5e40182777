/// A record of a write-ahead log, and the frame it stands in. The frame is little-endian, the record protobuf:
///
///     length   8   low 56 bits: bytes of the record; top byte: 0x80 | bytes of padding, 0 without padding
///     record       type 1, crc 2, data 3
///     padding      zeros, up to a multiple of 8
///
/// The CRC runs over the data of every record so far, in all files of the log. A length of 0 ends a file's records.
enum WALRecord {
    enum Kind: UInt64 {
        case metadata = 1
        case entry = 2
        case hardState = 3
        case checksum = 4
        case snapshot = 5
    }

    static let lengthSize = 8
    /// What etcd allocates for each file of the log when it starts a new one, in bytes.
    static let segmentSize = 64_000_000

    /// Of the file number `sequence` of a log, whose first entry is `index`.
    static func fileName(sequence: UInt64, index: UInt64) -> String { "\(padded(sequence))-\(padded(index)).wal" }

    /// The two numbers in a file's name; nil for files of other names.
    static func numbers(in name: String) -> (sequence: UInt64, index: UInt64)? {
        let parts = name.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, name.utf8.count == 37, parts[0].utf8.count == 16, name.hasSuffix(".wal"),
            let sequence = UInt64(parts[0], radix: 16), let index = UInt64(parts[1].dropLast(4), radix: 16)
        else { return nil }
        return (sequence, index)
    }

    /// Sixteen hexadecimal digits.
    static func padded(_ number: UInt64) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
