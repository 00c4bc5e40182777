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

    /// For a port that anybody may reach, asked short questions that are answered at once.
    static let health = ConnectionLimits(
        opening: .seconds(3), reading: .seconds(3), writing: .seconds(3), idle: .seconds(3), lingering: .seconds(1),
        connections: 64)

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
    private let expendability = Atomic<UInt8>(Expendability.none.rawValue)

    /// How soon a connection gives way when there are too many.
    enum Expendability: UInt8 {
        /// A request is under way, or its answer.
        case none
        /// Between two requests.
        case idle
        /// No request of it was ever seen.
        case unused
    }

    init(_ limits: ConnectionLimits) {
        self.limits = limits
        enter(.opening)
    }

    func enter(_ stage: ConnectionLimits.Stage) {
        let end = NIODeadline.now() + TimeAmount(limits[stage])
        deadline.store(end.uptimeNanoseconds, ordering: .relaxed)
        let expendability: Expendability =
            switch stage {
            case .opening: .unused
            case .idle, .lingering: .idle
            case .reading, .writing, .answering: .none
            }
        self.expendability.store(expendability.rawValue, ordering: .relaxed)
    }

    /// Lower goes first; nil while it is needed. Deadlines of a stage are in the order in which it was entered.
    var turnToGo: (Int, UInt64)? {
        let raw = expendability.load(ordering: .relaxed)
        guard raw != Expendability.none.rawValue else { return nil }
        return (-Int(raw), deadline.load(ordering: .relaxed))
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
