import Dispatch
import Glibc

/// Runs `body` until it ends or somebody wants the program to: on Ctrl-C, SIGTERM and SIGHUP the work is cancelled, so that
/// it tidies up, and `CancellationError` is thrown.
func interruptible<Value: Sendable>(_ body: @escaping @Sendable () async throws -> Value) async throws -> Value {
    try await withThrowingTaskGroup(of: Value?.self) { group in
        let signals = EndingSignals()
        group.addTask { try await body() }
        group.addTask {
            for await _ in signals.stream { return nil }
            return nil
        }
        defer {
            group.cancelAll()
            signals.release()
        }
        guard let first = try await group.next(), let value = first else { throw CancellationError() }
        return value
    }
}

/// The signals that ask a program to end, as values while this is held.
private final class EndingSignals: Sendable {
    static let numbers = [SIGINT, SIGTERM, SIGHUP]

    let stream: AsyncStream<Int32>
    // Dispatch sources may be cancelled from any thread.
    nonisolated(unsafe) private let sources: [any DispatchSourceSignal]

    init() {
        let (stream, continuation) = AsyncStream.makeStream(of: Int32.self, bufferingPolicy: .bufferingNewest(1))
        self.stream = stream
        sources = Self.numbers.map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number)
            source.setEventHandler { continuation.yield(number) }
            source.setCancelHandler { signal(number, SIG_DFL) }
            source.resume()
            return source
        }
    }

    func release() {
        for source in sources { source.cancel() }
    }
}
