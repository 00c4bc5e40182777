import Synchronization

final class Counter: Sendable {
    private let count = Mutex(0)
    var value: Int { count.withLock { $0 } }
    func increment() { count.withLock { $0 += 1 } }
}

/// Waits for what is sure to come, for a minute: false when it did not.
func eventually(_ condition: () throws -> Bool) async throws -> Bool {
    let start = ContinuousClock.now
    while try !condition() {
        guard ContinuousClock.now - start < .seconds(60) else { return false }
        try await Task.sleep(for: .milliseconds(10))
    }
    return true
}

final class Texts: Sendable {
    private let texts = Mutex<[String]>([])
    var all: [String] { texts.withLock { $0 } }
    func add(_ text: String) { texts.withLock { $0.append(text) } }
}
