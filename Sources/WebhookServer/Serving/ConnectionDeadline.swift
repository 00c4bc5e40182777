import NIOCore
import Synchronization

/// When a connection has to have moved on, or is closed. Looked at once a second, so a request costs a store and no timer.
final class ConnectionDeadline: Sendable {
    /// The connection that the current task serves.
    @TaskLocal static var current: ConnectionDeadline?

    private let deadline: Atomic<UInt64>

    init(_ limit: Phase) {
        deadline = Atomic(limit.deadline)
    }

    enum Phase {
        /// TLS handshake and the first request's head.
        case opening
        /// A request's body.
        case reading
        /// Working on the answer.
        case answering(Duration)
        /// The answer is on its way to a peer that may not read.
        case writing
        /// Nothing to do. Longer than Go's clients keep an idle connection (90 s), so that it is them who close it: a
        /// request that crosses with our closing would fail.
        case idle
        /// Answered without reading the body: time for the peer to see the answer.
        case lingering

        fileprivate var limit: Duration {
            switch self {
            case .opening, .reading, .writing: .seconds(10)
            case .answering(let duration): duration
            case .idle: .seconds(180)
            case .lingering: .seconds(2)
            }
        }

        fileprivate var deadline: UInt64 {
            (NIODeadline.now() + TimeAmount(limit)).uptimeNanoseconds
        }
    }

    func enter(_ phase: Phase) {
        deadline.store(phase.deadline, ordering: .relaxed)
    }

    /// Closes `channel` when the deadline passes; ends with the channel.
    func watch(_ channel: any Channel) {
        let watch = channel.eventLoop.scheduleRepeatedTask(initialDelay: .seconds(1), delay: .seconds(1)) { task in
            guard NIODeadline.now().uptimeNanoseconds > self.deadline.load(ordering: .relaxed) else { return }
            task.cancel()
            channel.close(promise: nil)
        }
        channel.closeFuture.whenComplete { _ in watch.cancel() }
    }
}
