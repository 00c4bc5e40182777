import Dispatch
import Glibc

/// Ctrl-C (SIGINT) and SIGTERM as values, for as long as the sequence is read; afterwards they end the process again.
struct Interrupts: AsyncSequence, Sendable {
    typealias Element = Int32
    typealias Failure = Never

    func makeAsyncIterator() -> AsyncStream<Int32>.Iterator {
        // One is enough to stop for.
        let (stream, continuation) = AsyncStream.makeStream(of: Int32.self, bufferingPolicy: .bufferingNewest(1))
        let sources = [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number)
            source.setEventHandler { continuation.yield(number) }
            source.setCancelHandler { signal(number, SIG_DFL) }
            source.resume()
            return Source(source)
        }
        continuation.onTermination = { _ in
            for source in sources { source.cancel() }
        }
        return stream.makeAsyncIterator()
    }

    // Dispatch sources may be cancelled from any thread.
    private struct Source: @unchecked Sendable {
        private let source: any DispatchSourceSignal
        init(_ source: any DispatchSourceSignal) { self.source = source }
        func cancel() { source.cancel() }
    }
}
