/// A raft snapshot file of a member, `member/snap/TERM-INDEX.snap`: where raft's log starts, and the members as etcd up
/// to 3.5 knows them. The keys are in the database, not here.
package struct RaftSnapshot: Hashable, Sendable {
    package let index: UInt64
    package let term: UInt64
    package let voters: [MemberID]
    /// The v2 store, JSON.
    package let store: [UInt8]

    /// Reads a file's content. Throws when it is not one, or not as it was written.
    package init(_ file: Bytes) throws(Finding) {
        do {
            let outer = try Self.fields(of: file)
            guard let data = outer.bytes[2] else { throw WireReader.Malformed.malformed }
            var sum = CRC32C()
            sum.update(data)
            guard UInt64(sum.value) == outer.numbers[1] else {
                throw Finding(
                    offset: 0, expected: "a raft snapshot of CRC \(String(outer.numbers[1] ?? 0, radix: 16))",
                    found: String(sum.value, radix: 16))
            }
            let inner = try Self.fields(of: data)
            let metadata = try Self.fields(of: inner.bytes[2] ?? .empty)
            index = metadata.numbers[2] ?? 0
            term = metadata.numbers[3] ?? 0
            voters = try Self.voters(of: metadata.bytes[1] ?? .empty)
            store = inner.bytes[1]?.array ?? []
        } catch let finding as Finding {
            throw finding
        } catch {
            throw Finding(offset: 0, expected: "a raft snapshot", found: "bytes that are not a protobuf message")
        }
    }

    private static func fields(
        of message: Bytes
    ) throws(WireReader.Malformed) -> (numbers: [Int: UInt64], bytes: [Int: Bytes]) {
        var numbers: [Int: UInt64] = [:]
        var bytes: [Int: Bytes] = [:]
        var reader = WireReader(message)
        while let field = try reader.next() {
            switch field.value {
            case .varint(let number) where field.number < 8: numbers[field.number] = number
            case .bytes(let value) where field.number < 8: bytes[field.number] = value
            default: break
            }
        }
        return (numbers, bytes)
    }

    private static func voters(of configuration: Bytes) throws(WireReader.Malformed) -> [MemberID] {
        var voters: [MemberID] = []
        var reader = WireReader(configuration)
        while let field = try reader.next() {
            if field.number == 1, case .varint(let id) = field.value { voters.append(MemberID(rawValue: id)) }
        }
        return voters
    }
}
