/// Builds a file of a write-ahead log in memory.
struct WALWriter {
    private(set) var file: [UInt8] = []
    private var checksum = CRC32C()

    mutating func append(_ kind: WALRecord.Kind, _ data: [UInt8]? = nil) {
        if let data { checksum.update(data) }
        let record = WireWriter.message { message in
            message.varint(1, kind.rawValue)
            message.varint(2, UInt64(checksum.value))
            if let data { message.bytes(3, data) }
        }
        let padding = (8 - record.count % 8) % 8
        let length = UInt64(record.count) | (padding > 0 ? UInt64(0x80 | padding) << 56 : 0)
        withUnsafeBytes(of: length.littleEndian) { file += $0 }
        file += record
        file += [UInt8](repeating: 0, count: padding)
    }
}
