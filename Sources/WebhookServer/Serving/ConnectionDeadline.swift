import NIOCore
import Synchronization

/// How long a connection may stay at each stage.
struct ConnectionLimits: Sendable {
    /// TLS handshake and the first request's head.
    var opening: Duration = .seconds(10)
    /// A request's body.
    var reading: Duration = .seconds(10)
    /// The way of an answer to a peer that may not read.
    var writing: Duration = .seconds(10)
    /// Longer than Go's clients keep an idle connection (90 s), so that it is them who close it: a request that crosses
    /// with our closing would fail.
    var idle: Duration = .seconds(180)
    /// Answered without reading the body: time for the peer to see the answer.
    var lingering: Duration = .seconds(2)
    /// How often deadlines are looked at.
    var interval: Duration = .seconds(1)
    /// Connections at a time. More wait in the kernel's queue.
    var connections = 1024

    enum Stage {
        case opening, reading, writing, idle, lingering
        /// Working on the answer, for at most this long.
        case answering(Duration)
    }

    fileprivate subscript(stage: Stage) -> Duration {
        switch stage {
        case .opening: opening
        case .reading: reading
        case .writing: writing
        case .idle: idle
        case .lingering: lingering
        case .answering(let duration): duration
        }
    }
}

/// When a connection has to have moved on, or is closed. Looked at now and then, so a request costs a store and no timer.
final class ConnectionDeadline: Sendable {
    /// The connection that the current task serves.
    @TaskLocal static var current: ConnectionDeadline?

    private let limits: ConnectionLimits
    /// Nanoseconds of NIO's clock.
    private let deadline = Atomic<UInt64>(0)

    init(_ limits: ConnectionLimits) {
        self.limits = limits
        enter(.opening)
    }

    func enter(_ stage: ConnectionLimits.Stage) {
        let end = NIODeadline.now() + TimeAmount(limits[stage])
        deadline.store(end.uptimeNanoseconds, ordering: .relaxed)
    }

    /// Closes `channel` when the deadline passes; ends with the channel.
    func watch(_ channel: any Channel) {
        let interval = TimeAmount(limits.interval)
        let watch = channel.eventLoop.scheduleRepeatedTask(initialDelay: interval, delay: interval) { task in
            guard NIODeadline.now().uptimeNanoseconds > self.deadline.load(ordering: .relaxed) else { return }
            task.cancel()
            channel.close(promise: nil)
        }
        channel.closeFuture.whenComplete { _ in watch.cancel() }
    }
}
