/// Chunks of a request body on their way to the network, copied once: into libcurl's buffer.
struct UploadQueue {
    /// Bytes queued.
    private(set) var count = 0
    /// No more will be appended.
    var isComplete = false
    private var chunks: [[UInt8]] = []
    private var first = 0
    private var offset = 0

    mutating func append(_ chunk: [UInt8]) {
        // What was taken is dropped here, so that the array never grows beyond what is queued.
        chunks.removeFirst(first)
        first = 0
        chunks.append(chunk)
        count += chunk.count
    }

    /// Fills `buffer` as far as the queue reaches; returns the bytes moved.
    mutating func take(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        var filled = 0
        while first < chunks.count, filled < buffer.count {
            let moved = min(chunks[first].count - offset, buffer.count - filled)
            let target = UnsafeMutableRawBufferPointer(rebasing: buffer[filled..<(filled + moved)])
            chunks[first].withUnsafeBytes { target.copyMemory(from: .init(rebasing: $0[offset..<(offset + moved)])) }
            filled += moved
            offset += moved
            if offset == chunks[first].count {
                chunks[first] = []
                first += 1
                offset = 0
            }
        }
        count -= filled
        return filled
    }
}
