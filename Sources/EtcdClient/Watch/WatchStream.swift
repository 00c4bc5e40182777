import FoundationEssentials
import HTTP
import SwiftProtobuf

/// The changes of a range of keys, batch by batch. Never ends by itself: what ends it is thrown, `EtcdError` of the kind
/// `compacted` where the history asked for is gone. Single pass, for one reader.
package struct WatchStream: AsyncSequence, AsyncIteratorProtocol {
    package typealias Element = WatchBatch

    private let call: GRPCCall
    private let body: ResponseBody
    private var messages: MessageReader

    /// Reads until the member has set up the watch.
    init(_ body: ResponseBody, of call: GRPCCall) async throws {
        self.call = call
        self.body = body
        messages = MessageReader(body, limit: call.messageLimit)
        while try await !response().created {}
    }

    package func makeAsyncIterator() -> WatchStream { self }

    package mutating func next() async throws -> WatchBatch? {
        do {
            while true {
                let response = try await response()
                // Without events: it still is there.
                guard !response.events.isEmpty else { continue }
                return WatchBatch(
                    revision: Revision(rawValue: response.header.revision),
                    events: response.events.map(WatchEvent.init), isPartial: response.fragment)
            }
        } catch let failure as HTTPError {
            throw call.error(.transport(failure))
        } catch let failure as FrameError {
            throw call.error(.malformed(failure.description))
        }
    }

    private mutating func response() async throws -> WireWatchResponse {
        guard let message = try await messages.next() else {
            try call.checkEnd(body.trailers)
            throw call.error(.malformed("the watch ended without a reason"))
        }
        let response: WireWatchResponse = try call.decode(message)
        guard !response.canceled else {
            let compacted = response.compactRevision > 0 ? Revision(rawValue: response.compactRevision) : nil
            throw call.error(.watchCanceled(response.cancelReason, compacted: compacted))
        }
        return response
    }
}

extension EtcdClient {
    /// Watches `keys` at the first endpoint that takes it, for as long as `receive` runs.
    package func withWatch<Result>(
        _ keys: KeyRange, _ options: WatchOptions = WatchOptions(), isolation: isolated (any Actor)? = #isolation,
        _ receive: (WatchStream) async throws -> Result
    ) async throws -> Result {
        let requests = try WatchRequests(keys, options)
        let deadlines = Deadlines(
            connect: min(deadline, .seconds(10)), total: nil, response: deadline, idle: options.keepAlive * 3)
        // A failure within `receive` is its own, also when it is another call's.
        let outcome: Swift.Result<Result, any Error> = try await atAnyEndpoint(.watch) { endpoint in
            try await authorized(.watch, at: endpoint) { call in
                var call = call
                call.requiresLeader = options.requiresLeader
                do {
                    return try await call.stream(.stream(length: nil, requests), deadlines: deadlines) { body in
                        let stream = try await WatchStream(body, of: call)
                        do { return .success(try await receive(stream)) } catch { return .failure(error) }
                    }
                } catch let error as EtcdError where error.kind == .connectionLost {
                    throw await likelyRefusal(of: call) ?? error
                }
            }
        }
        return try outcome.get()
    }

    /// Why a member that closes at once may not take a watch. libcurl 7.88 loses the answer to a request whose body is
    /// still open when that answer comes in one piece with its end.
    private func likelyRefusal(of call: GRPCCall) async -> EtcdError? {
        guard let status = try? await at(call.endpoint).status() else { return nil }
        if status.isLearner {
            let text = "etcdserver: rpc not supported for learner"
            return call.error(.status(GRPCStatus(code: .failedPrecondition, message: text)))
        }
        guard call.requiresLeader, status.leader == nil else { return nil }
        return call.error(.status(GRPCStatus(code: .unavailable, message: "etcdserver: no leader")))
    }
}

/// What the client sends: the watch, then a question now and then that the member answers.
private struct WatchRequests: AsyncSequence, Sendable {
    typealias Element = [UInt8]
    typealias Failure = any Error

    let first: [UInt8]
    let keepAlive: [UInt8]
    let interval: Duration

    init(_ keys: KeyRange, _ options: WatchOptions) throws {
        var create = WireWatchRequest()
        create.createRequest.key = Data(keys.start)
        create.createRequest.rangeEnd = Data(keys.end)
        create.createRequest.startRevision = options.from?.rawValue ?? 0
        create.createRequest.prevKv = options.previousValues
        create.createRequest.fragment = true
        first = FrameBuffer.frame(try create.serializedBytes())
        var progress = WireWatchRequest()
        progress.progressRequest = WireWatchProgressRequest()
        keepAlive = FrameBuffer.frame(try progress.serializedBytes())
        interval = options.keepAlive
    }

    func makeAsyncIterator() -> Iterator { Iterator(requests: self) }

    struct Iterator: AsyncIteratorProtocol {
        let requests: WatchRequests
        private var hasBegun = false

        init(requests: WatchRequests) { self.requests = requests }

        mutating func next() async throws -> [UInt8]? {
            guard hasBegun else {
                hasBegun = true
                return requests.first
            }
            try await Task.sleep(for: requests.interval)
            return requests.keepAlive
        }
    }
}
