/// Cuts a stream of chunks into parts.
struct PartCutter: ~Copyable {
    private let layout: PartLayout
    /// Of the part that is being filled, counted from 1.
    private(set) var number = 1
    private var size: Int
    private var bytes: [UInt8] = []
    private var spare: [[UInt8]] = []
    private var spool: SpoolWriter?

    init(_ layout: PartLayout) {
        self.layout = layout
        size = layout.size(ofPart: 1)
    }

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
            // A small object takes what it needs; beyond that, growing step by step would take twice the part.
            if bytes.capacity < size, bytes.count + taken.count > 1 << 20 { bytes.reserveCapacity(size) }
            bytes += taken
        }
        filled += taken.count
        chunk = chunk.dropFirst(taken.count)
    }

    mutating func reuse(_ bytes: consuming [UInt8]) {
        if bytes.capacity >= size { spare.append(bytes) }
    }

    /// The part as far as it is filled; what follows belongs to the next.
    mutating func cut() -> PartBody {
        let body: PartBody
        if let full = spool.take() {
            body = .file(full.finish())
        } else {
            body = .bytes(bytes)
        }
        // Emptied now that nobody else holds it: else its memory would be allocated anew.
        bytes = spare.popLast() ?? []
        bytes.removeAll(keepingCapacity: true)
        filled = 0
        number += 1
        size = layout.size(ofPart: number)
        return body
    }
}
