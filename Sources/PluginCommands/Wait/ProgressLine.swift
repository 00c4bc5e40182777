import Synchronization

/// Tells a person how the work goes: a line for each new phase or statement and, on a terminal, a spinner below.
final class ProgressLine: Sendable {
    private let subject: String
    private let console: Console
    private let isLive: Bool
    private let started = ContinuousClock.now
    private let shown = Mutex((phase: "", statement: ""))

    /// `subject`: `backup/nightly`.
    init(_ subject: String, on console: Console) {
        self.subject = subject
        self.console = console
        isLive = console.isTerminal(.diagnostics)
    }

    func show(_ progress: Progress) {
        let phase = progress.phase?.printable() ?? "not started"
        let statement = progress.statement.map { ": \($0.printable())" } ?? ""
        let isNew = shown.withLock { shown in
            defer { shown = (phase, statement) }
            return shown != (phase, statement)
        }
        if isNew { note("\(subject): \(console.style(.diagnostics).phase(phase))\(statement)") }
    }

    func note(_ text: String) {
        clear()
        console.note(text)
    }

    /// Draws the spinner until cancelled; returns at once where there is no terminal.
    func spin() async {
        guard isLive else { return }
        let frames = ["|", "/", "-", "\\"]
        var frame = 0
        while !Task.isCancelled {
            let seconds = Int(started.duration(to: .now).components.seconds)
            console.draw(
                "\r\u{1B}[K\(frames[frame % frames.count]) \(shown.withLock { $0.phase }) \(humanAge(seconds: seconds))"
            )
            frame += 1
            try? await Task.sleep(for: .milliseconds(125))
        }
        clear()
    }

    private func clear() {
        if isLive { console.draw("\r\u{1B}[K") }
    }
}
