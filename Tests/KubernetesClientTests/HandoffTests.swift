import Testing

@testable import KubernetesClient

@Suite struct HandoffTests {
    private struct Failure: Error, Equatable {}

    @Test func passesEveryValueInOrderAndThenTheEnd() async throws {
        let handoff = Handoff<Int>()
        let sender = Task {
            for number in 0..<1000 { try await handoff.send(number) }
            handoff.finish(throwing: Failure())
        }
        for number in 0..<1000 { #expect(try await handoff.receive() == number) }
        await #expect(throws: Failure()) { try await handoff.receive() }
        try await sender.value
    }

    @Test func holdsTheSenderBackWhileNobodyReceives() async throws {
        let handoff = Handoff<Int>()
        let sent = Counter()
        let sender = Task {
            for number in 0..<10 {
                try await handoff.send(number)
                sent.increment()
            }
        }
        #expect(try await eventually { sent.value == 1 })
        try await Task.sleep(for: .milliseconds(100))
        #expect(sent.value == 1)
        #expect(try await handoff.receive() == 0)
        #expect(try await eventually { sent.value == 2 })
        try await Task.sleep(for: .milliseconds(100))
        #expect(sent.value == 2)
        sender.cancel()
        await #expect(throws: CancellationError.self) { try await sender.value }
    }

    @Test func letsACancelledReceiverGo() async throws {
        let handoff = Handoff<Int>()
        let receiver = Task { try await handoff.receive() }
        try await Task.sleep(for: .milliseconds(20))
        receiver.cancel()
        await #expect(throws: CancellationError.self) { try await receiver.value }
    }
}
