/// Reads the frames of a snapshot's stream as they arrive, cut anywhere: the database's bytes are moved together in the
/// chunk they came in, so that a gigabyte passes without being copied through messages.
///
/// A frame is a byte 0, four bytes of length and a message {remaining_bytes = 2, blob = 3, version = 4 from 3.6 on}.
struct SnapshotFrames {
    /// What the messages that ended so far have said.
    struct Progress: Equatable {
        /// Bytes of all blobs, complete messages only.
        var blobBytes: UInt64 = 0
        /// `blobBytes` and what the last message promised after it.
        var promised: UInt64 = 0
        /// What the first message promised in all: the size of the database.
        var firstPromise: UInt64?
        var version: [UInt8] = []
    }

    /// Of one message: etcd's are 32 KiB and a little.
    static let messageLimit = 4 << 20
    private static let versionLimit = 64

    private(set) var progress = Progress()
    private var step = Step.flag
    private var messageLeft = 0
    private var messageBlob: UInt64 = 0
    private var messageRemaining: UInt64 = 0
    private var varint: (value: UInt64, shift: UInt64) = (0, 0)

    private enum Step {
        case flag
        case length(have: Int, value: Int)
        case tag
        case number(field: UInt64)
        case size(field: UInt64)
        case blob(left: Int)
        case version(left: Int)
        case skip(left: Int)
    }

    /// No frame is under way.
    var isAtBoundary: Bool { if case .flag = step { true } else { false } }

    /// Leaves in `chunk` what it has of blobs and nothing else.
    mutating func takeBlobs(of chunk: inout [UInt8]) throws(FrameError) {
        let written = chunk.withUnsafeMutableBytes { bytes in
            Result { () throws(FrameError) in try gatherBlobs(in: bytes) }
        }
        chunk.removeLast(chunk.count - (try written.get()))
    }

    private mutating func gatherBlobs(in bytes: UnsafeMutableRawBufferPointer) throws(FrameError) -> Int {
        var (read, written) = (0, 0)
        while read < bytes.count {
            switch step {
            case .blob(let left):
                let count = min(left, bytes.count - read)
                let target = UnsafeMutableRawBufferPointer(rebasing: bytes[written..<(written + count)])
                target.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[read..<(read + count)]))
                (read, written) = (read + count, written + count)
                messageBlob += UInt64(count)
                advance(by: count, left: left) { .blob(left: $0) }
            case .skip(let left):
                let count = min(left, bytes.count - read)
                read += count
                advance(by: count, left: left) { .skip(left: $0) }
            case .version(let left):
                if progress.version.count < Self.versionLimit { progress.version.append(bytes[read]) }
                read += 1
                advance(by: 1, left: left) { .version(left: $0) }
            default:
                try take(bytes[read])
                read += 1
            }
        }
        return written
    }

    /// A byte of the frame's own, or of a field's tag, number or size.
    private mutating func take(_ byte: UInt8) throws(FrameError) {
        switch step {
        case .flag:
            guard byte == 0 else { throw .compressed }
            step = .length(have: 0, value: 0)
        case .length(let have, let value):
            let value = value << 8 | Int(byte)
            guard have == 3 else { return step = .length(have: have + 1, value: value) }
            guard value <= Self.messageLimit else { throw .tooLarge(value) }
            (messageLeft, messageBlob, messageRemaining) = (value, 0, 0)
            step = .tag
            endMessageIfWhole()
        case .tag, .number, .size:
            guard messageLeft > 0, varint.shift < 64 else { throw .malformed }
            messageLeft -= 1
            varint.value |= UInt64(byte & 0x7F) << varint.shift
            varint.shift += 7
            guard byte < 0x80 else { return }
            let value = varint.value
            varint = (0, 0)
            try take(value)
        case .blob, .version, .skip: break
        }
    }

    private mutating func take(_ value: UInt64) throws(FrameError) {
        switch step {
        case .tag:
            switch value & 7 {
            case 0: step = .number(field: value >> 3)
            case 1: try skip(8)
            case 2: step = .size(field: value >> 3)
            case 5: try skip(4)
            default: throw .malformed
            }
        case .number(let field):
            if field == 2 { messageRemaining = value }
            step = .tag
            endMessageIfWhole()
        case .size(let field):
            guard value <= UInt64(messageLeft) else { throw .malformed }
            let size = Int(value)
            if field == 4 { progress.version = [] }
            step =
                switch field {
                case 3: .blob(left: size)
                case 4: .version(left: size)
                default: .skip(left: size)
                }
            if size == 0 {
                step = .tag
                endMessageIfWhole()
            }
        default: break
        }
    }

    private mutating func skip(_ size: Int) throws(FrameError) {
        guard size <= messageLeft else { throw .malformed }
        step = .skip(left: size)
    }

    private mutating func advance(by count: Int, left: Int, _ rest: (Int) -> Step) {
        messageLeft -= count
        guard left == count else { return step = rest(left - count) }
        step = .tag
        endMessageIfWhole()
    }

    private mutating func endMessageIfWhole() {
        guard messageLeft == 0 else { return }
        progress.blobBytes &+= messageBlob
        progress.promised = progress.blobBytes &+ messageRemaining
        if progress.firstPromise == nil { progress.firstPromise = progress.promised }
        step = .flag
    }
}
