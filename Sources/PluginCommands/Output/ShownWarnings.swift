import EtcdRecoverModel
import Synchronization

/// Warnings told once: the server's webhook repeats what the rules said here.
final class ShownWarnings: Sendable {
    private let console: Console
    private let shown = Mutex<[String]>([])

    init(on console: Console) { self.console = console }

    func show(_ text: String, rule: RuleID? = nil) {
        // The API server cuts long warnings and marks the cut.
        let start = text.hasSuffix("…") ? String(text.dropLast()) : text
        let isNew = shown.withLock { shown in
            defer { shown.append(text) }
            return !shown.contains { $0 == text || (start != text && $0.hasPrefix(start)) }
        }
        if isNew { console.warning((rule.map { "\(text) [\($0)]" } ?? text).printable()) }
    }
}
