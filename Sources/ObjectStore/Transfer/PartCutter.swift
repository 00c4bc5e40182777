/// Cuts a stream of chunks into parts.
struct PartCutter: ~Copyable {
    private let layout: PartLayout
    /// Of the part that is being filled, counted from 1.
    private(set) var number = 1
    private var size: Int
    private var bytes: [UInt8] = []
    private var spool: SpoolWriter?

    init(_ layout: PartLayout) {
        self.layout = layout
        size = layout.size(ofPart: 1)
    }

    /// Nothing but the first part has been filled so far.
    var isFirst: Bool { number == 1 }
    private var filled = 0
    private var isSpooled: Bool { size > layout.memoryLimit }
    var isFull: Bool { filled == size }

    /// Takes what fits of the front of `chunk`, and removes it from there.
    mutating func fill(from chunk: inout ArraySlice<UInt8>) throws(StoreError) {
        let taken = chunk.prefix(size - filled)
        if isSpooled {
            if spool == nil { spool = try SpoolWriter() }
            try spool?.append(taken)
        } else {
            if number > 1, bytes.isEmpty { bytes.reserveCapacity(size) }
            bytes += taken
        }
        filled += taken.count
        chunk = chunk.dropFirst(taken.count)
    }

    /// The part as far as it is filled; what follows belongs to the next.
    mutating func cut() -> PartBody {
        let body: PartBody
        if let full = spool.take() {
            body = .file(full.finish())
        } else {
            body = .bytes(bytes)
        }
        bytes = []
        filled = 0
        number += 1
        size = layout.size(ofPart: number)
        return body
    }
}
