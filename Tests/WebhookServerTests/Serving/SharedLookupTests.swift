import EtcdRecoverModel
import Synchronization
import Testing

@testable import WebhookServer

struct SharedLookupTests {
    /// Numbers the lists that are asked of it, each of which takes a while.
    final class Slow: Sendable {
        private let count = Mutex(0)

        var lists: Int { count.withLock { $0 } }

        func list() async -> LookedUp<[EtcdBackup]> {
            let number = count.withLock {
                $0 += 1
                return $0
            }
            try? await Task.sleep(for: .milliseconds(100))
            return .found([EtcdBackup(metadata: ObjectMeta(name: "list-\(number)"))])
        }

        var shared: SharedLookup { SharedLookup(World(backups: list)) }
    }

    /// The names of the lists that those who asked at once were told.
    private func ask(_ shared: SharedLookup, times: Int) async -> Set<String> {
        await withTaskGroup(of: LookedUp<[EtcdBackup]>.self) { group in
            for _ in 0..<times { group.addTask { await shared.etcdBackups() } }
            return await group.reduce(into: []) { names, answer in
                if case .found(let list) = answer { names.insert(list.first?.metadata.name ?? "") }
            }
        }
    }

    @Test
    func thoseWhoAskTogetherShareOneList() async {
        let slow = Slow()
        let answers = await ask(slow.shared, times: 20)
        #expect(slow.lists < 20)
        #expect(answers.count == slow.lists, "every list that was made reached somebody")
    }

    @Test
    func aListServesNobodyWhoAsksAfterItCame() async {
        let slow = Slow()
        let shared = slow.shared
        #expect(await ask(shared, times: 1) == ["list-1"])
        #expect(await ask(shared, times: 1) == ["list-2"])
    }

    @Test
    func whoStopsWaitingLeavesTheOthersTheirAnswer() async {
        let shared = Slow().shared
        let impatient = Task { await shared.etcdBackups() }
        async let patient = shared.etcdBackups()
        impatient.cancel()
        _ = await impatient.value
        guard case .found = await patient else {
            Issue.record("no answer for who waited")
            return
        }
    }
}
