/// etcd's `mvccpb.KeyValue`, seen in the file: one version of a key, or, with nothing but the key, its deletion.
package struct KeyValue: Sendable {
    package private(set) var key = Bytes.empty
    package private(set) var createRevision: Int64 = 0
    package private(set) var modRevision: Int64 = 0
    /// 1 for the change that created the key, one more with each since.
    package private(set) var version: Int64 = 0
    package private(set) var value = Bytes.empty
    /// 0 for none.
    package private(set) var lease: Int64 = 0

    /// Nil when it is not such a message. Fields of later releases are passed over. An empty message, which
    /// `--bump-revision` leaves, is one with an empty key.
    @inline(__always)
    package init?(_ message: Bytes) {
        var reader = WireReader(message)
        do {
            while let field = try reader.next() {
                switch (field.number, field.value) {
                case (1, .bytes(let bytes)): key = bytes
                case (2, .varint(let number)): createRevision = Int64(bitPattern: number)
                case (3, .varint(let number)): modRevision = Int64(bitPattern: number)
                case (4, .varint(let number)): version = Int64(bitPattern: number)
                case (5, .bytes(let bytes)): value = bytes
                case (6, .varint(let number)): lease = Int64(bitPattern: number)
                case (1...6, _): return nil
                default: break
                }
            }
        } catch {
            return nil
        }
    }

    /// The key alone, which etcd writes first.
    @inline(__always)
    package static func key(of message: Bytes) -> Bytes? {
        if message.isEmpty { return .empty }
        // The tag of field 1 and a length of one or two bytes: nearly always.
        guard message[0] == 0x0A, message.count > 2 else { return KeyValue(message)?.key }
        let first = Int(message[1])
        if first < 0x80 { return message.slice(at: 2, count: first) }
        let second = Int(message[2])
        guard second < 0x80 else { return KeyValue(message)?.key }
        return message.slice(at: 3, count: first & 0x7F | second << 7)
    }
}
