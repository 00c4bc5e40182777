/// Writes a protobuf message field by field, zeros included, as etcd's own encoders do up to 3.6.
struct WireWriter {
    private(set) var message: [UInt8] = []

    mutating func varint(_ number: Int, _ value: UInt64) {
        append(UInt64(number) << 3)
        append(value)
    }

    mutating func bytes(_ number: Int, _ value: [UInt8]) {
        append(UInt64(number) << 3 | 2)
        append(UInt64(value.count))
        message += value
    }

    static func message(_ fields: (inout WireWriter) -> Void) -> [UInt8] {
        var writer = WireWriter()
        fields(&writer)
        return writer.message
    }

    private mutating func append(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            message.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        message.append(UInt8(rest))
    }
}
