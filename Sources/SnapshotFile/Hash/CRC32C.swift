import CChecksum

/// A CRC-32C (Castagnoli) over bytes that arrive in parts.
package struct CRC32C: Sendable {
    /// Of everything so far. Starting from the value of something gives the CRC of that and what follows.
    package private(set) var value: UInt32

    package init(_ value: UInt32 = 0) {
        self.value = value
    }

    @inline(__always)
    package mutating func update(_ bytes: Bytes) {
        value = checksum_crc32c(value, bytes.start, bytes.count)
    }

    package mutating func update(_ bytes: [UInt8]) {
        value = bytes.withUnsafeBytes { checksum_crc32c(value, $0.baseAddress, $0.count) }
    }
}
