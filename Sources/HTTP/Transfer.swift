import HTTPTypes
import Synchronization

/// One exchange as both sides see it: the loop's thread fills in the response and takes the upload, the caller's task does
/// the reverse. Neither waits for the other with a lock held.
final class Transfer: Sendable {
    /// Bytes held for a side that is slower than the other, in each direction.
    static let watermark = 128 << 10
    /// Bytes that libcurl hands over at a time, at most.
    private static let piece = 16 << 10

    let endpoint: String
    let deadlines: Deadlines
    let start = ContinuousClock.now
    /// Pausing is for bodies of any size; one that is collected up to a limit is not held up.
    let receiveWatermark: Int
    private let state = Mutex(State())

    init(endpoint: String, deadlines: Deadlines, receiveWatermark: Int) {
        self.endpoint = endpoint
        self.deadlines = deadlines
        self.receiveWatermark = receiveWatermark
    }

    private struct State {
        var head: ResponseHead?
        var body: [UInt8] = []
        var trailers: HTTPFields = [:]
        var upload = UploadQueue()
        var isReceivePaused = false
        var isSendPaused = false
        var end: End?
        /// The loop holds nothing of this transfer any more.
        var isReleased = false
        var loop: TransferLoop?

        var reader: (continuation: CheckedContinuation<Void, Never>, wanted: Wanted)?
        var writer: CheckedContinuation<Void, Never>?
        var releaseWaiter: CheckedContinuation<Void, Never>?

        var failure: (any Error)? {
            if case .failed(let error) = end { error } else { nil }
        }

        func has(_ wanted: Wanted) -> Bool {
            switch wanted {
            case .head: end != nil || head != nil
            case .body: end != nil || !body.isEmpty
            }
        }
    }

    private enum Wanted {
        case head, body
    }

    private enum End {
        case complete
        case failed(any Error)
    }

    var trailers: HTTPFields { state.withLock(\.trailers) }

    // MARK: The caller's side

    func begin(on loop: TransferLoop, _ request: PreparedRequest) {
        state.withLock { $0.loop = loop }
        loop.post(.start(self, request))
    }

    func head() async throws -> ResponseHead {
        try await wait(for: .head)
        return try state.withLock { state throws(any Error) in
            if let head = state.head { return head }
            throw state.failure ?? CancellationError()
        }
    }

    /// What has arrived, at least a byte of it; `nil` at the end of a whole body.
    func nextChunk() async throws -> [UInt8]? {
        try await wait(for: .body)
        let (chunk, loop) = try state.withLock { state throws(any Error) -> ([UInt8]?, TransferLoop?) in
            guard !state.body.isEmpty else {
                if let failure = state.failure { throw failure }
                return (nil, nil)
            }
            var chunk: [UInt8] = []
            swap(&chunk, &state.body)
            // The next chunk will be of about this size; growing would copy it.
            if state.end == nil { state.body.reserveCapacity(min(chunk.count, Self.watermark) + Self.piece) }
            let resumes = state.isReceivePaused
            state.isReceivePaused = false
            return (chunk, resumes ? state.loop : nil)
        }
        loop?.post(.resumeReceiving(self))
        return chunk
    }

    /// Ends the transfer from this side, dropping what was not read; does nothing once it has ended.
    func abort(_ error: any Error) {
        guard let loop = end(.failed(error), dropsBody: true) else { return }
        loop.post(.remove(self))
    }

    /// Ends it if it has not, and returns when its connection or stream is closed or back in the pool.
    func close() async {
        abort(CancellationError())
        await withCheckedContinuation { continuation in
            let isReleased = state.withLock { state in
                if !state.isReleased { state.releaseWaiter = continuation }
                return state.isReleased
            }
            if isReleased { continuation.resume() }
        }
    }

    /// Feeds a streamed request body until its end or the transfer's.
    func upload(_ body: any AsyncSequence<[UInt8], any Error> & Sendable, length: Int64?) async {
        var sent: Int64 = 0
        do {
            for try await chunk in body where !chunk.isEmpty {
                sent += Int64(chunk.count)
                if let length, sent > length { break }
                guard await offer(chunk) else { return }
            }
            if let length, sent != length {
                throw HTTPError.bodyLengthMismatch(endpoint: endpoint, announced: length)
            }
            changeUpload { $0.isComplete = true }
        } catch {
            abort(error)
        }
    }

    /// Waits for room, then queues `chunk`; false when the transfer has ended.
    private func offer(_ chunk: [UInt8]) async -> Bool {
        await withCheckedContinuation { continuation in
            let mustWait = state.withLock { state in
                guard state.end == nil, state.upload.count >= Self.watermark else { return false }
                state.writer = continuation
                return true
            }
            if !mustWait { continuation.resume() }
        }
        return changeUpload { $0.append(chunk) }
    }

    @discardableResult
    private func changeUpload(_ change: (inout UploadQueue) -> Void) -> Bool {
        let (isOpen, loop) = state.withLock { state -> (Bool, TransferLoop?) in
            guard state.end == nil else { return (false, nil) }
            change(&state.upload)
            let resumes = state.isSendPaused
            state.isSendPaused = false
            return (true, resumes ? state.loop : nil)
        }
        loop?.post(.resumeSending(self))
        return isOpen
    }

    /// Suspends until what is wanted, or the end, is here. Cancellation ends the transfer.
    private func wait(for wanted: Wanted) async throws {
        guard !state.withLock({ $0.has(wanted) }) else { return }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isHere = state.withLock { state in
                    if state.has(wanted) { return true }
                    precondition(state.reader == nil, "a response has one reader")
                    state.reader = (continuation, wanted)
                    return false
                }
                if isHere { continuation.resume() }
            }
        } onCancel: {
            abort(CancellationError())
        }
    }

    // MARK: The loop's side

    func received(_ head: ResponseHead) {
        state.withLock { $0.head = head }
    }

    /// False when there is no room: the transfer is to pause.
    func received(_ bytes: UnsafeRawBufferPointer) -> Bool {
        state.withLock { state in
            if state.body.count >= receiveWatermark {
                state.isReceivePaused = true
                return false
            }
            state.body.append(contentsOf: bytes)
            return true
        }
    }

    func takeUpload(into buffer: UnsafeMutableRawBufferPointer) -> CurlVerdict {
        let (verdict, writer) = state.withLock { state -> (CurlVerdict, CheckedContinuation<Void, Never>?) in
            let count = state.upload.take(into: buffer)
            if count == 0, !state.upload.isComplete {
                state.isSendPaused = true
                return (.pause, state.writer.take())
            }
            return (.moved(count), state.upload.count < Self.watermark / 2 ? state.writer.take() : nil)
        }
        writer?.resume()
        return verdict
    }

    /// Lets the caller see what has arrived: once for each round of the loop, not for each piece.
    func announce() {
        let reader = state.withLock { state -> CheckedContinuation<Void, Never>? in
            guard let reader = state.reader, state.has(reader.wanted) else { return nil }
            state.reader = nil
            return reader.continuation
        }
        reader?.resume()
    }

    func complete(trailers: HTTPFields) {
        state.withLock { $0.trailers = trailers }
        end(.complete)
    }

    func fail(_ error: any Error) {
        end(.failed(error))
    }

    func released() {
        let waiter = state.withLock { state in
            state.isReleased = true
            return state.releaseWaiter.take()
        }
        waiter?.resume()
    }

    /// Returns the loop when this call was the one that ended the transfer.
    @discardableResult
    private func end(_ end: End, dropsBody: Bool = false) -> TransferLoop? {
        let (loop, waiting) = state.withLock { state -> (TransferLoop?, [CheckedContinuation<Void, Never>?]) in
            guard state.end == nil else { return (nil, []) }
            state.end = end
            state.upload = UploadQueue()
            if dropsBody { state.body = [] }
            defer { state.loop = nil }
            return (state.loop, [state.reader.take()?.continuation, state.writer.take()])
        }
        for continuation in waiting { continuation?.resume() }
        return loop
    }
}
