import Cryptography
import FoundationEssentials
import Glibc
import HTTP
import TestSupport
import Testing

@testable import EtcdClient

/// Snapshots of real members: what arrives is whole, or an error.
@Suite(.needsEtcd, .timeLimit(.minutes(5)))
struct SnapshotTests {
    @Test(arguments: EtcdRelease.all)
    func aSnapshotIsWhatEtcdsToolsReadAndRestore(_ release: EtcdRelease) async throws {
        try await EtcdCluster.run(release) { cluster in
            let client = try cluster.client()
            try await fill(client, keys: 200)
            let (file, stream) = try await client.withSnapshot { stream in
                (try await collect(stream), stream)
            }
            #expect(Int64(file.count) == stream.totalBytes)
            #expect(file.count % 4096 == 32)
            let digest = try Digest.sha256(Array(file.dropLast(32)))
            #expect(stream.digest == digest)
            #expect(Array(file.suffix(32)) == digest.bytes)
            #expect(stream.storageVersion == nil || release.isAtLeast("3.6"))
            #expect(stream.endpoint == client.endpoints[0])

            let folder = try TemporaryDirectory()
            try Data(file).write(to: URL(filePath: folder.path(of: "snapshot")))
            let status = try await release.snapshotTool("status", folder.path(of: "snapshot"), "-w", "json")
            #expect(status.contains("\"totalSize\":\(file.count - 32)"))
            _ = try await release.snapshotTool(
                "restore", folder.path(of: "snapshot"), "--data-dir", folder.path(of: "restored"))
        }
    }

    /// Cuts the connection after so many bytes, from the first to the last but one.
    @Test func aStreamCutAnywhereIsAnError() async throws {
        try await EtcdCluster.run(.newest) { cluster in
            let client = try cluster.client()
            try await fill(client, keys: 100)
            let port = cluster.members[0].clientPort
            // The first one makes the member write out what was pending.
            var total = 0
            for _ in 0..<2 {
                let whole = try Relay(to: port)
                let size = try await client.at(EtcdEndpoint(whole.url)).withSnapshot { try await collect($0).count }
                total = whole.bytesReturned
                #expect(total > size)
            }
            let positions = Array(0..<64) + stride(from: 64, to: total, by: total / 40) + Array((total - 120)..<total)
            for position in positions {
                let relay = try Relay(to: port, cuttingAfter: position)
                var left: Int64 = 32
                let error = await #expect(throws: (any Error).self) {
                    try await client.at(EtcdEndpoint(relay.url)).withSnapshot { stream in
                        left = stream.totalBytes
                        for try await chunk in stream { left -= Int64(chunk.count) }
                    }
                }
                let isExpected = error is EtcdError || error is SnapshotStreamError
                #expect(isExpected, "cut after \(position) of \(total) bytes: \(String(describing: error))")
                #expect(left >= 32, "the digest was handed out, cut after \(position) of \(total) bytes")
            }
        }
    }

    @Test(arguments: EtcdRelease.all)
    func aMemberKilledInTheMiddleIsAnError(_ release: EtcdRelease) async throws {
        try await EtcdCluster.run(release) { cluster in
            let client = try cluster.client()
            try await fill(client, keys: 1200, valueSize: 50_000)
            var received: Int64 = 0
            let error = await #expect(throws: EtcdError.self) {
                try await client.withSnapshot { stream in
                    #expect(stream.totalBytes > 40 << 20)
                    for try await chunk in stream {
                        if received == 0 { await cluster.members[0].kill() }
                        received += Int64(chunk.count)
                    }
                }
            }
            #expect(error?.kind == .connectionLost)
        }
    }

    @Test func aFrozenMemberIsAnErrorWithinTheIdleDeadline() async throws {
        try await EtcdCluster.run(.newest) { cluster in
            let client = try cluster.client()
            try await fill(client, keys: 1200, valueSize: 50_000)
            var deadlines = EtcdClient.snapshotDeadlines()
            deadlines.idle = .seconds(2)
            var isFirst = true
            let error = await #expect(throws: EtcdError.self) {
                try await client.withSnapshot(deadlines: deadlines) { stream in
                    for try await _ in stream where isFirst {
                        isFirst = false
                        cluster.members[0].freeze()
                    }
                }
            }
            #expect(error?.kind == .deadlineExceeded)
            cluster.members[0].thaw()
        }
    }

    @Test func leavingEarlyEndsTheTransferAndLeavesTheClientUsable() async throws {
        try await EtcdCluster.run(.newest) { cluster in
            let client = try cluster.client()
            try await fill(client, keys: 200, valueSize: 50_000)
            for _ in 0..<3 {
                let first = try await client.withSnapshot { try await $0.next() }
                #expect(first != nil)
            }
            #expect(try await client.status().isLeader)
        }
    }

    @Test func theFailuresOfDeadEndpointsAreKeptUntilOneAnswers() async throws {
        try await EtcdCluster.run(.newest) { cluster in
            let (first, second) = (EtcdEndpoint("http://127.0.0.1:1"), EtcdEndpoint("http://127.0.0.1:2"))
            let client = try cluster.client().at([first, second, cluster.members[0].clientEndpoint])
            #expect(try await client.withSnapshot { $0.endpoint } == cluster.members[0].clientEndpoint)
            let error = try await #require(throws: NoEndpointAnswered.self) {
                try await client.at([first, second]).withSnapshot { _ in }
            }
            #expect(error.failures.map(\.endpoint) == [first, second])
            #expect(error.failures.map(\.kind) == [.unreachable, .unreachable])
        }
    }

    /// Pauses at every place of the stream, its end above all: libcurl must not lose what it holds back.
    @Test func aConsumerThatHesitatesGetsTheWholeSnapshot() async throws {
        try await EtcdCluster.run(.newest) { cluster in
            let client = try cluster.client()
            try await fill(client, keys: 60, valueSize: 50_000)
            for pause in 0..<150 {
                try await client.withSnapshot { stream in
                    var left = stream.totalBytes
                    for try await chunk in stream {
                        left -= Int64(chunk.count)
                        if left < pause << 14 { try await Task.sleep(for: .milliseconds(3)) }
                    }
                    #expect(left == 0)
                }
            }
        }
    }

    /// What goes wrong while the consumer works is its own affair: nothing is tried again.
    @Test func aFailureOfTheConsumerIsPassedOn() async throws {
        try await EtcdCluster.run(.newest, members: 1) { cluster in
            let endpoint = cluster.members[0].clientEndpoint
            let client = try cluster.client().at([endpoint, endpoint])
            let other = EtcdError(endpoint: endpoint, call: "Other", reason: .malformed("of mine"))
            var runs = 0
            let error = await #expect(throws: EtcdError.self) {
                try await client.withSnapshot { _ in
                    runs += 1
                    throw other
                }
            }
            #expect(error == other)
            #expect(runs == 1)
        }
    }
}

func fill(_ client: EtcdClient, keys: Int, valueSize: Int = 300) async throws {
    let value = (0..<valueSize).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    let step = max(1, min(100, 50_000 / valueSize))
    for first in stride(from: 0, to: keys, by: step) {
        let puts = (first..<min(first + step, keys)).map { Transaction.Operation.put(Array("key-\($0)"), value) }
        _ = try await client.commit(Transaction(then: puts))
    }
}

func collect(_ stream: SnapshotStream) async throws -> [UInt8] {
    var file: [UInt8] = []
    for try await chunk in stream { file += chunk }
    return file
}
