import Dispatch
import Glibc

/// Ctrl-C (SIGINT) as a value, for as long as the sequence is read; afterwards it ends the process again.
struct Interrupts: AsyncSequence, Sendable {
    typealias Element = Int32
    typealias Failure = Never

    func makeAsyncIterator() -> AsyncStream<Int32>.Iterator {
        // One is enough to stop for.
        let (stream, continuation) = AsyncStream.makeStream(of: Int32.self, bufferingPolicy: .bufferingNewest(1))
        signal(SIGINT, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: SIGINT)
        source.setEventHandler { continuation.yield(SIGINT) }
        source.setCancelHandler { signal(SIGINT, SIG_DFL) }
        source.resume()
        let held = Held(source: source)
        continuation.onTermination = { _ in held.source.cancel() }
        return stream.makeAsyncIterator()
    }

    // A dispatch source may be cancelled from any thread.
    private struct Held: @unchecked Sendable { var source: any DispatchSourceSignal }
}
