import Synchronization

/// The bytes that all request bodies may hold together, from their arrival to their answer.
///
/// What every ordinary review fits into is free, so that large bodies can only be in the way of large bodies.
final class BodyBudget: Sendable {
    /// Bytes of each body that are not counted. With 1,024 connections, 16 MiB.
    static let free = 16 << 10
    /// Bytes; ten of the largest bodies.
    static let total = 32 << 20

    private let left: Mutex<Int>
    private let patience: Duration

    init(total: Int = BodyBudget.total, patience: Duration = .seconds(1)) {
        left = Mutex(total)
        self.patience = patience
    }

    /// Bytes that nobody has taken.
    var available: Int { left.withLock { $0 } }

    /// What one body has taken; given back when the last reference to it goes.
    final class Share: Sendable {
        private let budget: BodyBudget
        private let taken = Mutex(0)

        fileprivate init(_ budget: BodyBudget) { self.budget = budget }

        deinit {
            let taken = taken.withLock { $0 }
            if taken > 0 { budget.left.withLock { $0 += taken } }
        }

        /// Makes room for a body of `size` bytes so far, waiting for it when there is none. False when none came.
        func grow(to size: Int) async -> Bool {
            let more = taken.withLock { max(size - BodyBudget.free, 0) - $0 }
            guard more > 0 else { return true }
            let end = ContinuousClock.now + budget.patience
            while !budget.take(more) {
                guard ContinuousClock.now < end, (try? await Task.sleep(for: .milliseconds(20))) != nil else {
                    return false
                }
            }
            taken.withLock { $0 += more }
            return true
        }
    }

    func share() -> Share { Share(self) }

    private func take(_ bytes: Int) -> Bool {
        left.withLock { left in
            guard left >= bytes else { return false }
            left -= bytes
            return true
        }
    }
}
