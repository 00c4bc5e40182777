import HummingbirdCore
import Logging
import NIOCore

/// Serves each connection on its own event loop and under a deadline.
///
/// On its loop: a review is some hundred microseconds of work, and handing it to another thread and back costs a good part
/// of that again.
struct BoundedChannel<Base: ServerChildChannel>: ServerChildChannel {
    let base: Base
    let limits: ConnectionLimits
    let roster: ConnectionRoster

    struct Value: ServerChildChannelValue {
        let base: Base.Value
        let deadline: ConnectionDeadline
        var channel: any Channel { base.channel }
    }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        let deadline = ConnectionDeadline(limits)
        deadline.watch(channel)
        roster.add(channel, deadline)
        return base.setup(channel: channel, logger: logger).map { Value(base: $0, deadline: deadline) }
    }

    func handle(value: Value, logger: Logger) async {
        await withTaskExecutorPreference(EventLoopTaskExecutor(value.channel.eventLoop)) {
            await ConnectionDeadline.$current.withValue(value.deadline) {
                await base.handle(value: value.base, logger: logger)
            }
        }
    }
}

/// Runs tasks on an event loop.
final class EventLoopTaskExecutor: TaskExecutor {
    private let eventLoop: any EventLoop

    init(_ eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        eventLoop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
