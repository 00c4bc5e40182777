/// Reads the files of a write-ahead log in order.
///
/// Bounded by the size of the files: each is mapped and read once, and nothing is kept of a record but numbers.
struct WALReader {
    private(set) var summary = WALSummary()
    private var checksum: UInt32 = 0

    /// No record of a working etcd comes near; what claims more is damage, not a write that was cut off.
    private static let largestRecord = 1 << 30

    /// Reads one more file.
    /// - Parameter isLast: whether the log may end in the middle of a record here.
    mutating func read(_ file: Bytes, named name: String, isLast: Bool) throws(Finding) {
        summary.files.append(name)
        var offset = 0
        while offset < file.count {
            guard let field = file.littleEndian(at: offset, as: UInt64.self) else {
                guard isLast else {
                    throw Finding(offset: offset, expected: "a record's length", found: "the end of the file")
                }
                summary.torn = WALSummary.Torn(file: name, offset: offset)
                return
            }
            if field == 0 { return }
            let size = Int(field & 0x00FF_FFFF_FFFF_FFFF)
            let padding = field >> 63 == 1 ? Int(field >> 56 & 7) : 0
            guard size > 0, size + padding <= Self.largestRecord else {
                throw Finding(offset: offset, expected: "a record's length", found: "\(size) bytes")
            }
            let start = offset + WALRecord.lengthSize
            guard let record = file.slice(at: start, count: size), start + size + padding <= file.count else {
                guard isLast else {
                    throw Finding(offset: offset, expected: "a record of \(size) bytes", found: "the end of the file")
                }
                summary.torn = WALSummary.Torn(file: name, offset: offset)
                return
            }
            do {
                try take(record, at: start)
            } catch {
                guard isLast, Self.isTorn(record, at: start) else { throw error }
                summary.torn = WALSummary.Torn(file: name, offset: offset)
                return
            }
            offset = start + size + padding
        }
    }

    /// Whether the disk never got a sector of the record, which is then all zeros. `offset` is the record's in the file.
    private static func isTorn(_ record: Bytes, at offset: Int) -> Bool {
        let sector = 512
        var start = 0
        while start < record.count {
            let end = min(record.count, start + sector - (offset + start) % sector)
            if record.buffer[start..<end].allSatisfy({ $0 == 0 }) { return true }
            start = end
        }
        return false
    }
}

// MARK: - Records

extension WALReader {
    /// Nothing changes unless the whole record is sound.
    private mutating func take(_ record: Bytes, at offset: Int) throws(Finding) {
        let fields = try Self.fields(of: record, at: offset)
        guard let kind = fields.kind.flatMap(WALRecord.Kind.init(rawValue:)) else {
            throw Finding(
                offset: offset, expected: "a record of type 1 to 5",
                found: fields.kind.map { "type \($0)" } ?? "no type")
        }
        guard kind != .checksum else {
            // The first record of a file repeats what all files before it came to.
            guard checksum == 0 || checksum == fields.checksum else {
                throw Finding(
                    offset: offset, expected: "CRC \(hexadecimal(checksum)) of the files before",
                    found: hexadecimal(fields.checksum))
            }
            checksum = fields.checksum
            return
        }
        var running = CRC32C(checksum)
        running.update(fields.data)
        let sum = running.value
        guard sum == fields.checksum else {
            throw Finding(
                offset: offset, expected: "a record that comes to CRC \(hexadecimal(fields.checksum))",
                found: hexadecimal(sum))
        }
        var changed = summary
        switch kind {
        case .metadata: try Self.take(metadata: fields.data, into: &changed, at: offset)
        case .entry: try Self.take(entry: fields.data, into: &changed, at: offset)
        case .hardState:
            let numbers = try Self.numbers(of: fields.data, at: offset)
            changed.hardState = WALSummary.HardState(term: numbers[1], vote: numbers[2], commit: numbers[3])
        case .snapshot:
            let numbers = try Self.numbers(of: fields.data, at: offset)
            changed.lastSnapshot = WALSummary.Position(index: numbers[1], term: numbers[2])
        case .checksum: break
        }
        summary = changed
        checksum = sum
    }

    private static func take(metadata: Bytes, into summary: inout WALSummary, at offset: Int) throws(Finding) {
        let numbers = try numbers(of: metadata, at: offset)
        let (member, cluster) = (MemberID(rawValue: numbers[1]), ClusterID(rawValue: numbers[2]))
        guard summary.member ?? member == member, summary.cluster ?? cluster == cluster else {
            throw Finding(
                offset: offset, expected: "the log of member \(summary.member ?? member), as in the files before",
                found: "member \(member) of cluster \(cluster)")
        }
        summary.member = member
        summary.cluster = cluster
    }

    private static func take(entry: Bytes, into summary: inout WALSummary, at offset: Int) throws(Finding) {
        let numbers = try numbers(of: entry, at: offset)
        let position = WALSummary.Position(index: numbers[3], term: numbers[2])
        // An entry may replace earlier ones. It may skip some only where a snapshot took their place.
        let reached = max(summary.lastEntry?.index ?? .max, summary.lastSnapshot?.index ?? 0)
        guard position.index > 0, position.index - 1 <= reached else {
            throw Finding(
                offset: offset, expected: "an entry of an index from 1 to \(reached) + 1", found: "\(position.index)")
        }
        summary.firstEntry = summary.firstEntry ?? position
        summary.lastEntry = position
        summary.entries += 1
    }

    private static func fields(
        of record: Bytes, at offset: Int
    ) throws(Finding) -> (kind: UInt64?, checksum: UInt32, data: Bytes) {
        var found: (kind: UInt64?, checksum: UInt32, data: Bytes) = (nil, 0, .empty)
        var reader = WireReader(record)
        do {
            while let field = try reader.next() {
                switch (field.number, field.value) {
                case (1, .varint(let kind)): found.kind = kind
                case (2, .varint(let sum)): found.checksum = UInt32(truncatingIfNeeded: sum)
                case (3, .bytes(let data)): found.data = data
                default: break
                }
            }
        } catch {
            throw Finding(offset: offset, expected: "a record", found: "bytes that are not a protobuf message")
        }
        return found
    }

    /// The plain numbers of a message, by field: those from 1 to 7, and 0 for what is absent.
    private static func numbers(of message: Bytes, at offset: Int) throws(Finding) -> SIMD8<UInt64> {
        var found = SIMD8<UInt64>()
        var reader = WireReader(message)
        do {
            while let field = try reader.next() {
                if case .varint(let number) = field.value, field.number < 8 { found[field.number] = number }
            }
        } catch {
            throw Finding(offset: offset, expected: "a record's data", found: "bytes that are not a protobuf message")
        }
        return found
    }

    private func hexadecimal(_ number: UInt32) -> String { String(number, radix: 16) }
}
