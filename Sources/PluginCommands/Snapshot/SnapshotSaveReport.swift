import Synchronization

/// Shows a transfer to a person: a line that is drawn again and again on a terminal, one every ten seconds elsewhere.
final class SnapshotSaveReport: Sendable {
    private let console: Console
    private let started = ContinuousClock.now
    private let progress = Mutex(SnapshotSaveProgress())

    init(on console: Console) { self.console = console }

    func record(_ bytes: Int64, of total: Int64?) {
        let time = ContinuousClock.now - started
        progress.withLock { $0.record(bytes, of: total, at: time) }
    }

    /// Until cancelled.
    func run() async {
        let isLive = console.isTerminal(.diagnostics)
        defer { if isLive { console.draw("\r\u{1B}[K") } }
        while (try? await Task.sleep(for: isLive ? .milliseconds(200) : .seconds(10))) != nil {
            let time = ContinuousClock.now - started
            let text = progress.withLock { progress in
                progress.record(progress.bytes, of: progress.total, at: time)
                return progress.text
            }
            if isLive { console.draw("\r\u{1B}[K\(text)") } else { console.note("saving: \(text)") }
        }
    }
}
