import SnapshotFile
import Synchronization

/// Draws how far a restore is, on a terminal only.
final class RestoreProgressLine: Sendable {
    private static let step = Duration.milliseconds(200)

    private let console: Console
    private let isLive: Bool
    private let started = ContinuousClock.now
    private let state = Mutex((progress: TransferProgress(), drawn: Duration.zero))

    init(on console: Console) {
        self.console = console
        isLive = console.isTerminal(.diagnostics)
    }

    func show(_ progress: RestoreProgress) {
        guard isLive else { return }
        let time = ContinuousClock.now - started
        let text: String? = state.withLock { state in
            state.progress.record(Int64(progress.copied), of: Int64(progress.total), at: time)
            guard time - state.drawn >= Self.step else { return nil }
            state.drawn = time
            return state.progress.text
        }
        if let text { console.draw("\r\u{1B}[K\(text)") }
    }

    func clear() {
        if isLive { console.draw("\r\u{1B}[K") }
    }
}
