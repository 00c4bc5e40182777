import Cryptography
import FoundationEssentials
import HTTP
import Synchronization

extension ObjectStore {
    /// Hands over an object's bytes in order, `range` of them or all. A connection that breaks is taken up again where it
    /// broke, as long as the object is the same (`StoreError.changed`); `receive` never sees a byte twice. What it has
    /// received is not yet known to be sound: `download` checks that.
    package func read(
        _ object: StoredObject, _ range: ReadRange = ReadRange(),
        receive: @escaping @Sendable ([UInt8]) async throws -> Void
    ) async throws {
        let end = min(range.through.map { $0 + 1 } ?? object.size, object.size)
        let position = Mutex(range.from)
        let pacer = Mutex(limits.bytesPerSecond.map { Pacer(bytesPerSecond: $0) })
        let start = clock.now()
        var attempt = 1
        while true {
            let from = position.withLock { $0 }
            guard from < end else { return }
            do {
                try await backend.read(object.key, ReadRange(from: from, through: end - 1), tag: object.tag) { chunk in
                    let reached = position.withLock { position in
                        position += Int64(chunk.count)
                        return position
                    }
                    guard reached <= end else {
                        throw StoreError.unusableAnswer(uri(object.key), .read, reason: "more bytes than asked for")
                    }
                    // What the receiver throws is its own, also where it looks like a broken connection.
                    do { try await receive(chunk) } catch { throw ReceiverError(error) }
                    let now = Duration.seconds(clock.now().timeIntervalSince(start))
                    if let delay = pacer.withLock({ $0?.delay(after: chunk.count, at: now) }), delay > .zero {
                        try await clock.sleep(delay)
                    }
                }
                let reached = position.withLock { $0 }
                guard reached < end else { return }
                throw HTTPError.connectionLost(endpoint: uri(object.key), bytesReceived: reached - from)
            } catch let error as ReceiverError {
                throw error.cause
            } catch let error as HTTPError where error.isTransient {
                // A connection that brought something starts the count anew.
                if position.withLock({ $0 }) > from { attempt = 1 }
                guard let pause = limits.retry.pause(after: attempt, jitter: clock.jitter()) else {
                    throw StoreError.unreachable(uri(object.key), .read, error, attempts: attempt)
                }
                attempt += 1
                try await clock.sleep(pause)
            }
        }
    }
}

private struct ReceiverError: Error {
    let cause: any Error

    init(_ cause: any Error) {
        self.cause = cause
    }
}

extension HTTPError {
    /// Another try may fare better.
    var isTransient: Bool {
        switch self {
        case .connectionLost, .timedOut, .cannotConnect, .cannotResolve, .transport: true
        case .proxy(_, .cannotConnect), .proxy(_, .cannotResolve): true
        case .proxy(_, .refused(let status)): status >= 500
        default: false
        }
    }
}
