import Glibc
import Synchronization

/// The thread that drives all transfers of a client, and the queue of what is asked of it.
final class TransferLoop: Sendable {
    enum Command: Sendable {
        case start(Transfer, PreparedRequest)
        case remove(Transfer)
        case resumeReceiving(Transfer)
        case resumeSending(Transfer)
    }

    private struct Shared {
        var commands: [Command] = []
        var isStopping = false
        var hasStopped = false
        var stopWaiters: [CheckedContinuation<Void, Never>] = []
    }

    private let shared = Mutex(Shared())
    private let multi: CurlMulti

    init(_ configuration: HTTPClient.Configuration) throws {
        multi = try CurlMulti()
        try Thread.start { [self] in
            var driver = TransferDriver(multi, configuration)
            while let (commands, isLast) = takeCommands() {
                driver.run(commands, sleeps: !isLast)
            }
            driver.stop()
            finish()
        }
    }

    /// After `stop()` a transfer fails at once; other commands have lost their meaning.
    func post(_ command: Command) {
        let isAccepted = shared.withLock { shared in
            guard !shared.isStopping else { return false }
            shared.commands.append(command)
            if shared.commands.count == 1 { multi.wakeUp() }
            return true
        }
        if !isAccepted, case .start(let transfer, _) = command {
            transfer.fail(HTTPError.clientClosed)
            transfer.released()
        }
    }

    func stop() {
        shared.withLock { shared in
            shared.isStopping = true
            if !shared.hasStopped { multi.wakeUp() }
        }
    }

    func stopAndWait() async {
        stop()
        await withCheckedContinuation { continuation in
            let hasStopped = shared.withLock { shared in
                if !shared.hasStopped { shared.stopWaiters.append(continuation) }
                return shared.hasStopped
            }
            if hasStopped { continuation.resume() }
        }
    }

    /// `nil` when the loop is to end. What was posted before that is still handed out first, as the last: the wake-up of
    /// `stop()` may be spent by then.
    private func takeCommands() -> (commands: [Command], isLast: Bool)? {
        shared.withLock { shared in
            guard !shared.isStopping || !shared.commands.isEmpty else { return nil }
            defer { shared.commands = [] }
            return (shared.commands, shared.isStopping)
        }
    }

    private func finish() {
        let waiters = shared.withLock { shared in
            shared.hasStopped = true
            defer { shared.stopWaiters = [] }
            return shared.stopWaiters
        }
        for waiter in waiters { waiter.resume() }
    }
}
