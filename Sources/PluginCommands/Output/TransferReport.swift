import Synchronization

/// Shows a transfer to a person: a line that is drawn again and again on a terminal, one every ten seconds elsewhere.
final class TransferReport: Sendable {
    private let console: Console
    /// What is being done, as `saving`.
    private let verb: String
    private let started = ContinuousClock.now
    private let progress = Mutex(TransferProgress())

    init(_ verb: String, on console: Console) {
        self.verb = verb
        self.console = console
    }

    /// Shows it for as long as `work` runs.
    func during<Value: Sendable>(_ work: @escaping @Sendable () async throws -> Value) async throws -> Value {
        try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask {
                await self.run()
                return nil
            }
            group.addTask { try await work() }
            defer { group.cancelAll() }
            while let ended = try await group.next() {
                if let ended { return ended }
            }
            throw CancellationError()
        }
    }

    func record(_ bytes: Int64, of total: Int64?) {
        let time = ContinuousClock.now - started
        progress.withLock { $0.record(bytes, of: total, at: time) }
    }

    /// Until cancelled.
    private func run() async {
        let isLive = console.isTerminal(.diagnostics)
        defer { if isLive { console.draw("\r\u{1B}[K") } }
        while (try? await Task.sleep(for: isLive ? .milliseconds(200) : .seconds(10))) != nil {
            let time = ContinuousClock.now - started
            let text = progress.withLock { progress in
                progress.record(progress.bytes, of: progress.total, at: time)
                return progress.text
            }
            if isLive { console.draw("\r\u{1B}[K\(text)") } else { console.note("\(verb): \(text)") }
        }
    }
}
