import Glibc
import HTTP
import TestSupport
import Testing

@testable import EtcdClient

@Suite(.needsEtcd, .timeLimit(.minutes(5)))
struct WatchTests {
    @Test(arguments: EtcdRelease.all)
    func changesArriveInOrderFromTheRevisionAskedFor(_ release: EtcdRelease) async throws {
        try await EtcdCluster.run(release) { cluster in
            let client = try cluster.client()
            let first = try await client.put(Array("a"), Array("1")).revision
            try await client.put(Array("elsewhere"), [])
            try await client.put(Array("a"), Array("2"))
            try await client.delete(.key(Array("a")))
            let options = WatchOptions(from: first, previousValues: true)
            try await client.withWatch(.key(Array("a")), options) { changes in
                var changes = changes
                var events: [WatchEvent] = []
                while events.count < 3 { events += try #require(try await changes.next()).events }
                #expect(events.map(\.value) == ["put 1", "put 2 was 1", "delete was 2"])
                // And what happens from now on.
                try await client.put(Array("a"), Array("3"))
                #expect(try await changes.next()?.events.map(\.value) == ["put 3"])
            }
        }
    }

    @Test(arguments: EtcdRelease.all)
    func historyThatIsCompactedIsToldWithWhatIsLeft(_ release: EtcdRelease) async throws {
        try await EtcdCluster.run(release) { cluster in
            let client = try cluster.client()
            let first = try await client.put(Array("a"), Array("1")).revision
            let second = try await client.put(Array("a"), Array("2")).revision
            try await client.compact(to: second, waits: true)
            let error = try await failure {
                try await client.withWatch(.all, WatchOptions(from: first)) { changes in
                    var changes = changes
                    return try await changes.next()
                }
            }
            #expect(error.kind == .compacted)
            guard case .watchCanceled(_, let left) = error.reason else {
                Issue.record("\(error)")
                return
            }
            #expect(left == second)
        }
    }

    @Test func aQuietWatchStaysOpenAndAFrozenMemberEndsIt() async throws {
        try await EtcdCluster.run(.newest) { cluster in
            let client = try cluster.client()
            let options = WatchOptions(keepAlive: .seconds(2))
            try await client.withWatch(.all, options) { changes in
                var changes = changes
                // Longer than the silence allowed: the member answers the questions.
                let writer = Task {
                    try await Task.sleep(for: .seconds(7))
                    try await client.put(Array("a"), Array("1"))
                }
                #expect(try await changes.next()?.events.map(\.value) == ["put 1"])
                _ = try await writer.value
                cluster.members[0].freeze()
                let error = await #expect(throws: EtcdError.self) { _ = try await changes.next() }
                #expect(error?.kind == .deadlineExceeded)
                cluster.members[0].thaw()
            }
        }
    }

    @Test func aMemberThatNeverAnswersEndsTheAttempt() async throws {
        try await EtcdCluster.run(.newest) { cluster in
            let client = try cluster.client(deadline: .seconds(1))
            cluster.members[0].freeze()
            let error = try await failure { try await client.withWatch(.all) { _ in } }
            #expect(error.kind == .deadlineExceeded)
            cluster.members[0].thaw()
        }
    }

    @Test(arguments: EtcdRelease.all)
    func aKilledMemberEndsTheWatch(_ release: EtcdRelease) async throws {
        try await EtcdCluster.run(release) { cluster in
            let error = try await failure {
                try await cluster.client().withWatch(.all) { changes in
                    var changes = changes
                    await cluster.members[0].kill()
                    return try await changes.next()
                }
            }
            #expect(error.kind == .connectionLost)
        }
    }

    @Test func aMemberThatStopsEndsTheWatch() async throws {
        try await EtcdCluster.run(.newest) { cluster in
            let error = try await failure {
                try await cluster.client().withWatch(.all) { changes in
                    var changes = changes
                    await cluster.members[0].stop()
                    return try await changes.next()
                }
            }
            #expect(error.kind.leavesOthersToTry(isRead: true))
        }
    }

    @Test func largeTransactionsArriveInParts() async throws {
        try await EtcdCluster.run(.newest) { cluster in
            let client = try cluster.client()
            let values = (0..<3).map { _ in [UInt8](repeating: 7, count: 450_000) }
            let start = try await client.status().header.revision.next
            let puts = values.enumerated().map { Transaction.Operation.put(Array("k\($0.offset)"), $0.element) }
            _ = try await client.commit(Transaction(then: puts))
            _ = try await client.commit(Transaction(then: puts))
            try await client.withWatch(.all, WatchOptions(from: start)) { changes in
                var changes = changes
                var count = 0
                var hasParts = false
                while count < 6 {
                    let batch = try #require(try await changes.next())
                    count += batch.events.count
                    hasParts = hasParts || batch.isPartial
                }
                #expect(hasParts)
            }
        }
    }

    @Test func cancellingTheTaskEndsTheWatch() async throws {
        try await EtcdCluster.run(.newest) { cluster in
            let client = try cluster.client()
            let watch = Task {
                try await client.withWatch(.all) { changes in
                    var changes = changes
                    _ = try await changes.next()
                }
            }
            try await Task.sleep(for: .milliseconds(200))
            watch.cancel()
            await #expect(throws: CancellationError.self) { try await watch.value }
        }
    }
}

extension WatchEvent {
    fileprivate var value: String {
        func text(_ pair: KeyValue) -> String { String(decoding: pair.value, as: UTF8.self) }
        return switch self {
        case .put(let pair, nil): "put \(text(pair))"
        case .put(let pair, let previous?): "put \(text(pair)) was \(text(previous))"
        case .delete(_, nil): "delete"
        case .delete(_, let previous?): "delete was \(text(previous))"
        }
    }
}
