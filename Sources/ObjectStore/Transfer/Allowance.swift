import Synchronization

/// So much of something, lent in the order in which it is asked for: who asks for more than is left waits, and so does
/// everybody behind.
package final class Allowance: Sendable {
    private typealias Waiter = CheckedContinuation<Void, any Error>

    private struct State {
        var left: Int
        var lastTicket = 0
        var waiting: [(ticket: Int, amount: Int, continuation: Waiter)] = []
        var cancelled: Set<Int> = []

        mutating func admit() -> [Waiter] {
            var admitted: [Waiter] = []
            while let first = waiting.first, first.amount <= left {
                left -= first.amount
                admitted.append(waiting.removeFirst().continuation)
            }
            return admitted
        }
    }

    /// Who asks for more gets all there is.
    package let total: Int
    private let state: Mutex<State>

    package init(_ total: Int) {
        self.total = max(1, total)
        state = Mutex(State(left: self.total))
    }

    /// Runs `body` once there is one to be had. Throws `CancellationError`, without running it, when the task is cancelled
    /// before.
    package func withOne<Result: Sendable>(_ body: () async throws -> Result) async throws -> Result {
        try await take(1)
        defer { giveBack(1) }
        return try await body()
    }

    /// Throws `CancellationError`, with nothing taken, when the task is cancelled before there is enough.
    package func take(_ amount: Int) async throws {
        let ticket = state.withLock { state in
            state.lastTicket += 1
            return state.lastTicket
        }
        defer { state.withLock { _ = $0.cancelled.remove(ticket) } }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let (isCancelled, admitted) = state.withLock { state -> (Bool, [Waiter]) in
                    // The mark may have come before there was anybody to tell.
                    guard state.cancelled.remove(ticket) == nil else { return (true, []) }
                    state.waiting.append((ticket, min(amount, total), continuation))
                    return (false, state.admit())
                }
                if isCancelled { continuation.resume(throwing: CancellationError()) }
                for continuation in admitted { continuation.resume() }
            }
        } onCancel: {
            let (waiter, admitted) = state.withLock { state -> (Waiter?, [Waiter]) in
                guard let index = state.waiting.firstIndex(where: { $0.ticket == ticket }) else {
                    // Not waiting yet, or not any more; then nobody looks at the mark.
                    state.cancelled.insert(ticket)
                    return (nil, [])
                }
                // It may have held up those who want less.
                let waiter = state.waiting.remove(at: index).continuation
                return (waiter, state.admit())
            }
            waiter?.resume(throwing: CancellationError())
            for continuation in admitted { continuation.resume() }
        }
    }

    package func giveBack(_ amount: Int) {
        let admitted = state.withLock { state in
            state.left += min(amount, total)
            return state.admit()
        }
        for continuation in admitted { continuation.resume() }
    }
}
