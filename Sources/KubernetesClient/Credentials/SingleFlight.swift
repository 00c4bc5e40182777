/// Runs one operation for however many wait for it. A waiter that is cancelled leaves at once; when the last has left, the
/// operation is cancelled.
package actor SingleFlight<Value: Sendable> {
    private struct Flight {
        var number: Int
        var task: Task<Void, Never>
        var waiters: [Int: CheckedContinuation<Value, any Error>]
    }

    private var flight: Flight?
    private var lastNumber = 0

    package init() {}

    /// Joins the operation under way, or starts this one.
    package func value(_ operation: @escaping @Sendable () async throws -> Value) async throws -> Value {
        lastNumber += 1
        let waiter = lastNumber
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                guard !Task.isCancelled else { return continuation.resume(throwing: CancellationError()) }
                if flight == nil {
                    // Awaited by the waiters through their continuations, and cancelled with the last of them.
                    let task = Task {
                        do {
                            let value = try await operation()
                            land(waiter, .success(value))
                        } catch {
                            land(waiter, .failure(error))
                        }
                    }
                    flight = Flight(number: waiter, task: task, waiters: [:])
                }
                flight?.waiters[waiter] = continuation
            }
        } onCancel: {
            Task { await leave(waiter) }
        }
    }

    private func land(_ number: Int, _ result: Result<Value, any Error>) {
        guard let landed = flight, landed.number == number else { return }
        flight = nil
        for waiter in landed.waiters.values { waiter.resume(with: result) }
    }

    private func leave(_ waiter: Int) {
        guard let continuation = flight?.waiters.removeValue(forKey: waiter) else { return }
        continuation.resume(throwing: CancellationError())
        if flight?.waiters.isEmpty == true {
            flight?.task.cancel()
            flight = nil
        }
    }
}
