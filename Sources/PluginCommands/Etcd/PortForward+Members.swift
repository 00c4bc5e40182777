extension PortForward {
    /// How long kubectl may take until it listens.
    static let patience = Duration.seconds(20)

    /// Runs all of `forwards` while `body` does, which is told of each in the same order, once every one of them listens or
    /// has failed.
    static func withAll<Value>(
        _ forwards: [PortForward], isolation: isolated (any Actor)? = #isolation,
        _ body: ([(start: State.Start, state: State)]) async throws -> Value
    ) async throws -> Value {
        try await withThrowingTaskGroup(of: Void.self) { group in
            let states = forwards.map { _ in State() }
            for (forward, state) in zip(forwards, states) {
                group.addTask { await forward.run(telling: state) }
                group.addTask {
                    try? await Task.sleep(for: patience)
                    let words = state.complaint
                    state.settle(
                        .failed(
                            "kubectl did not forward a port within \(patience.text)"
                                + (words.isEmpty ? "" : ": \(words)")))
                }
            }
            defer { group.cancelAll() }
            var started: [(start: State.Start, state: State)] = []
            for state in states { started.append((await state.start, state)) }
            try Task.checkCancellation()
            return try await body(started)
        }
    }
}
