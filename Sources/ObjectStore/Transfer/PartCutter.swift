/// Cuts a stream of chunks into parts.
struct PartCutter: ~Copyable {
    private let layout: PartLayout
    /// Of the part that is being filled, counted from 1.
    private(set) var number = 1
    private var size: Int
    private var filled = 0
    private var loan: PartLoan?
    private var spool: SpoolWriter?

    init(_ layout: PartLayout) {
        self.layout = layout
        size = layout.size(ofPart: 1)
    }

    private var isSpooled: Bool { size > layout.memoryLimit }
    var isFull: Bool { filled == size }
    /// Bytes of memory to be lent before the next `fill`; nil where there is enough.
    var wantedMemory: Int? { loan == nil && !isSpooled ? size : nil }

    mutating func use(_ loan: consuming PartLoan) { self.loan = consume loan }

    /// Takes what fits of the front of `chunk`, and removes it from there.
    mutating func fill(from chunk: inout ArraySlice<UInt8>) throws(StoreError) {
        let taken = chunk.prefix(size - filled)
        if isSpooled {
            if spool == nil { spool = try SpoolWriter() }
            try spool?.append(taken)
        } else {
            loan?.append(taken)
        }
        filled += taken.count
        chunk = chunk.dropFirst(taken.count)
    }

    /// The part as far as it is filled; what follows belongs to the next.
    mutating func cut() -> PartBody {
        let body: PartBody
        if let full = spool.take() {
            body = .file(full.finish())
        } else if let loan = loan.take() {
            body = .buffer(PartBuffer(loan))
        } else {
            body = .bytes([])
        }
        filled = 0
        number += 1
        size = layout.size(ofPart: number)
        return body
    }
}
