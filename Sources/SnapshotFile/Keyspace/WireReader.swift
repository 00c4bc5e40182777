/// Reads a protobuf message field by field, without copies.
package struct WireReader {
    package enum Value {
        case varint(UInt64)
        case fixed64(UInt64)
        case fixed32(UInt32)
        case bytes(Bytes)
    }

    package enum Malformed: Error {
        case malformed
    }

    package let message: Bytes
    package private(set) var position = 0

    @inline(__always)
    package init(_ message: Bytes) {
        self.message = message
    }

    /// The next field; nil at the end. Groups, which none of etcd's messages has, are malformed.
    @inline(__always)
    package mutating func next() throws(Malformed) -> (number: Int, value: Value)? {
        guard position < message.count else { return nil }
        let tag = try varint()
        guard tag >> 3 != 0, tag <= UInt64(UInt32.max) else { throw .malformed }
        let number = Int(tag >> 3)
        switch tag & 7 {
        case 0: return (number, .varint(try varint()))
        case 1: return (number, .fixed64(try fixed()))
        case 2:
            guard let count = Int(exactly: try varint()), let bytes = message.slice(at: position, count: count) else {
                throw .malformed
            }
            position &+= count
            return (number, .bytes(bytes))
        case 5: return (number, .fixed32(try fixed()))
        default: throw .malformed
        }
    }

    @inline(__always)
    private mutating func fixed<Integer: FixedWidthInteger & BitwiseCopyable>() throws(Malformed) -> Integer {
        guard let value = message.littleEndian(at: position, as: Integer.self) else { throw .malformed }
        position &+= MemoryLayout<Integer>.size
        return value
    }

    @inline(__always)
    private mutating func varint() throws(Malformed) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while position < message.count, shift < 64 {
            let byte = message[position]
            position &+= 1
            // Of the tenth byte only one bit is left of the 64.
            guard shift < 63 || byte <= 1 else { throw .malformed }
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
            shift &+= 7
        }
        throw .malformed
    }
}
