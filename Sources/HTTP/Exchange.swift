import CCurl

/// One transfer on the loop's thread: libcurl's callbacks on one side, the shared `Transfer` on the other.
final class Exchange: CurlEasyDelegate {
    let transfer: Transfer
    private(set) var request: PreparedRequest
    private let headerLimit: Int
    private let requiresHTTP2: Bool
    private var parser: HeadParser
    private var clock: TransferClock
    private var isConnected = false
    private var hasHead = false
    private(set) var isHTTP2 = false
    private var bodyBytes: Int64 = 0
    private var sentBytes = 0
    /// Why a callback aborted: more exact than what libcurl makes of it.
    private var failure: HTTPError?
    /// Something arrived since the last `announce()`.
    private(set) var hasNews = false
    /// Bytes of the body since the last `announce()`, and as many as `isGathering()` has seen.
    private var arrived = (bytes: 0, seen: 0)
    /// A deadline may now be earlier than `checkDeadlines` said.
    private(set) var hasNewDeadline = true

    init(_ transfer: Transfer, _ request: PreparedRequest, headerLimit: Int, requiresHTTP2: Bool) {
        self.transfer = transfer
        self.request = request
        self.headerLimit = headerLimit
        self.requiresHTTP2 = requiresHTTP2
        parser = HeadParser(limit: headerLimit)
        clock = TransferClock(transfer.deadlines, start: transfer.start)
    }

    // MARK: What the loop asks

    /// Nothing is sent any more. Whoever waits for the transfer's end may use the body's memory again.
    func dropBody() { request.upload = .none }

    func announce() {
        hasNews = false
        arrived = (0, 0)
        transfer.announce()
    }

    /// Whether the body is arriving at this moment, and its reader is better not yet woken for what is here.
    func isGathering() -> Bool {
        defer { arrived.seen = arrived.bytes }
        return arrived.bytes > arrived.seen && arrived.bytes < Transfer.watermark
    }

    /// The transfer's end as libcurl reports it.
    func finish(_ outcome: CurlFailure?) {
        if let outcome {
            transfer.fail(failure ?? HTTPError(outcome, progress))
        } else {
            transfer.complete(trailers: parser.trailers)
        }
    }

    /// When the deadlines must be looked at again.
    func checkDeadlines(at now: ContinuousClock.Instant) throws(HTTPError) -> ContinuousClock.Instant? {
        hasNewDeadline = false
        switch clock.read(at: now) {
        case .inTime(let until): return until
        case .expired(let phase, let limit): throw .timedOut(endpoint: request.endpoint, phase, after: limit)
        }
    }

    /// Waiting for this side is over. Once the response has begun, the transfer never waits for its upload.
    func resumed(_ direction: Int32) {
        guard direction == CURLPAUSE_RECV || !hasHead else { return }
        hasNewDeadline = true
        clock.release(at: .now)
    }

    private var progress: ExchangeProgress {
        ExchangeProgress(
            endpoint: request.endpoint, proxyEndpoint: request.proxy?.endpoint, isConnected: isConnected,
            hasHead: hasHead, bodyBytes: bodyBytes, headerLimit: headerLimit,
            connectDeadline: transfer.deadlines.connect)
    }

    // MARK: CurlEasyDelegate

    func connected() {
        isConnected = true
        hasNewDeadline = true
        clock.connected(at: .now)
    }

    func receiveHeader(_ line: UnsafeRawBufferPointer) -> Bool {
        clock.received(line.count, at: .now)
        do throws(HeadParser.Failure) {
            if let head = try parser.read(line) {
                if requiresHTTP2, head.version != .http2 {
                    failure = .malformedResponse(endpoint: request.endpoint, reason: "HTTP/1.1 instead of HTTP/2")
                    return false
                }
                hasHead = true
                hasNewDeadline = true
                clock.receivedHead(at: .now)
                isHTTP2 = head.version == .http2
                hasNews = true
                transfer.received(head)
            }
            return true
        } catch {
            failure =
                switch error {
                case .tooLarge: .headersTooLarge(endpoint: request.endpoint, limit: headerLimit)
                case .malformed: .malformedResponse(endpoint: request.endpoint, reason: "malformed status line")
                }
            return false
        }
    }

    func receiveBody(_ bytes: UnsafeRawBufferPointer) -> CurlVerdict {
        hasNews = true
        guard transfer.received(bytes) else {
            clock.hold()
            return .pause
        }
        bodyBytes += Int64(bytes.count)
        arrived.bytes += bytes.count
        clock.received(bytes.count, at: .now)
        return .moved(bytes.count)
    }

    func sendBody(into buffer: UnsafeMutableRawBufferPointer) -> CurlVerdict {
        switch request.upload {
        case .none: return .moved(0)
        case .bytes(let bytes):
            let count = min(bytes.count - sentBytes, buffer.count)
            bytes.withUnsafeBytes { buffer.copyMemory(from: .init(rebasing: $0[sentBytes..<(sentBytes + count)])) }
            return sent(count)
        case .stream:
            switch transfer.takeUpload(into: buffer) {
            case .moved(let count): return sent(count)
            case .pause:
                if !hasHead { clock.hold() }
                return .pause
            case .abort: return .abort
            }
        }
    }

    private func sent(_ count: Int) -> CurlVerdict {
        sentBytes += count
        clock.sent(count, at: .now)
        return .moved(count)
    }

    /// libcurl starts over when a pooled connection turns out to be closed.
    func rewindBody() -> Bool {
        if case .stream = request.upload { return sentBytes == 0 }
        sentBytes = 0
        return true
    }
}
