import Glibc

/// Some bytes of a mapped file. No copy: they may be read only while the file is mapped, so whoever holds some beyond a
/// call keeps the `MappedFile` (or the `Database`) alive, with `withExtendedLifetime` where nothing else does.
///
/// Every access is checked against the bounds, in release builds too: the loads and slices give nil outside them.
package struct Bytes: RandomAccessCollection, @unchecked Sendable {
    package let start: UnsafeRawPointer
    package let count: Int

    package init(start: UnsafeRawPointer, count: Int) {
        self.start = start
        self.count = count
    }

    package static var empty: Bytes { Bytes(start: UnsafeRawPointer(bitPattern: 16).unsafelyUnwrapped, count: 0) }

    package var startIndex: Int { 0 }
    package var endIndex: Int { count }

    @inline(__always)
    package subscript(index: Int) -> UInt8 {
        precondition(UInt(bitPattern: index) < UInt(bitPattern: count))
        return start.load(fromByteOffset: index, as: UInt8.self)
    }

    /// A little-endian integer, as bbolt stores it.
    @inline(__always)
    package func littleEndian<Integer: FixedWidthInteger & BitwiseCopyable>(
        at offset: Int, as: Integer.Type = Integer.self
    ) -> Integer? {
        guard offset >= 0, offset <= count &- MemoryLayout<Integer>.size else { return nil }
        return Integer(littleEndian: start.loadUnaligned(fromByteOffset: offset, as: Integer.self))
    }

    /// A big-endian integer, as etcd stores it.
    @inline(__always)
    package func bigEndian<Integer: FixedWidthInteger & BitwiseCopyable>(
        at offset: Int, as: Integer.Type = Integer.self
    ) -> Integer? {
        guard offset >= 0, offset <= count &- MemoryLayout<Integer>.size else { return nil }
        return Integer(bigEndian: start.loadUnaligned(fromByteOffset: offset, as: Integer.self))
    }

    /// Part of these; nil when any of it lies outside.
    @inline(__always)
    package func slice(at offset: Int, count length: Int) -> Bytes? {
        guard offset >= 0, length >= 0, offset <= count, length <= count &- offset else { return nil }
        return Bytes(start: start + offset, count: length)
    }

    /// All from `offset` on; nil when that lies behind the end.
    @inline(__always)
    package func slice(from offset: Int) -> Bytes? { slice(at: offset, count: count &- offset) }

    @inline(__always)
    package var buffer: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: start, count: count) }

    /// A copy.
    package var array: [UInt8] { [UInt8](buffer) }

    /// As UTF-8 text, with replacement characters for what is not.
    package var text: String { String(decoding: buffer, as: UTF8.self) }

    package func starts(with prefix: Bytes) -> Bool {
        count >= prefix.count && memcmp(start, prefix.start, prefix.count) == 0
    }

    package func starts(with prefix: [UInt8]) -> Bool {
        count >= prefix.count
            && prefix.withUnsafeBytes { unsafe in memcmp(start, unsafe.baseAddress ?? start, prefix.count) } == 0
    }
}

extension Bytes: Comparable {
    /// Negative, zero or positive, as `memcmp`, a shorter prefix being less.
    @inline(__always)
    package func order(against other: Bytes) -> Int {
        let result = memcmp(start, other.start, Swift.min(count, other.count))
        return result != 0 ? Int(result) : count &- other.count
    }

    package func order(against other: [UInt8]) -> Int {
        other.withUnsafeBytes { order(against: Bytes(start: $0.baseAddress ?? start, count: $0.count)) }
    }

    @inline(__always)
    package static func == (one: Bytes, other: Bytes) -> Bool {
        one.count == other.count && memcmp(one.start, other.start, one.count) == 0
    }

    @inline(__always)
    package static func < (one: Bytes, other: Bytes) -> Bool { one.order(against: other) < 0 }

    package static func == (one: Bytes, other: [UInt8]) -> Bool {
        one.count == other.count && one.order(against: other) == 0
    }
}

extension Bytes: Hashable {
    package func hash(into hasher: inout Hasher) { hasher.combine(bytes: buffer) }
}
