import Synchronization

/// Passes values from one sending to one receiving task. Room for one value: the sender waits until it is taken.
///
/// Both sides stop waiting when their task is cancelled, and throw `CancellationError`.
final class Handoff<Element: Sendable>: Sendable {
    private struct State {
        var value: Element?
        var sender: CheckedContinuation<Void, any Error>?
        var receiver: CheckedContinuation<Element?, any Error>?
        var isSenderCancelled = false
        var isReceiverCancelled = false
        /// Set once; values sent before it are still received.
        var end: Result<Void, any Error>?
    }

    private let state = Mutex(State())

    /// Returns when the value was received or lies ready with nothing before it.
    func send(_ value: Element) async throws {
        try await withTaskCancellationHandler {
            try await waitForRoom()
            let receiver = state.withLock { state in
                if state.receiver == nil { state.value = value }
                return state.receiver.take()
            }
            receiver?.resume(returning: value)
        } onCancel: {
            let sender = state.withLock { state in
                state.isSenderCancelled = true
                return state.sender.take()
            }
            sender?.resume(throwing: CancellationError())
        }
    }

    private func waitForRoom() async throws {
        try await withCheckedThrowingContinuation { continuation in
            let outcome: Result<Void, any Error>? = state.withLock { state in
                if state.isSenderCancelled || state.end != nil { return .failure(CancellationError()) }
                if state.value == nil { return .success(()) }
                state.sender = continuation
                return nil
            }
            if let outcome { continuation.resume(with: outcome) }
        }
    }

    /// The next value; nil after the end.
    func receive() async throws -> Element? {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                var sender: CheckedContinuation<Void, any Error>?
                let outcome: Result<Element?, any Error>? = state.withLock { state in
                    if state.isReceiverCancelled { return .failure(CancellationError()) }
                    if let value = state.value.take() {
                        sender = state.sender.take()
                        return .success(value)
                    }
                    if let end = state.end { return end.map { nil } }
                    state.receiver = continuation
                    return nil
                }
                sender?.resume()
                if let outcome { continuation.resume(with: outcome) }
            }
        } onCancel: {
            let receiver = state.withLock { state in
                state.isReceiverCancelled = true
                return state.receiver.take()
            }
            receiver?.resume(throwing: CancellationError())
        }
    }

    /// No value follows; the receiver gets nil, or `error`, after what was sent before.
    func finish(throwing error: (any Error)?) {
        let (receiver, end) = state.withLock { state in
            let end: Result<Void, any Error> = error.map { .failure($0) } ?? .success(())
            if state.end == nil { state.end = end }
            return (state.receiver.take(), end)
        }
        receiver?.resume(with: end.map { nil })
    }
}
