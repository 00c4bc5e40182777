import Cryptography
import HTTP
import Testing

@testable import EtcdClient

/// Answers as no etcd should give them: the trailers decide, and HTTP 200 is no success.
@Suite(.timeLimit(.minutes(2)))
struct TrailerTests {
    private static let head = ScriptedServer.Frame.headers(
        [(":status", "200"), ("content-type", "application/grpc")], isLast: false)
    private static let ok = ScriptedServer.Frame.headers([("grpc-status", "0")], isLast: true)
    private static let empty = FrameBuffer.frame([])

    private func status(_ frames: [ScriptedServer.Frame]) async throws -> EtcdError? {
        let server = try ScriptedServer(frames)
        let client = try EtcdClient(.init(endpoints: [EtcdEndpoint(server.url)], deadline: .seconds(20)))
        do { _ = try await client.status() } catch let error as EtcdError { return error }
        return nil
    }

    @Test func oneMessageAndTheStatusAreSuccess() async throws {
        #expect(try await status([Self.head, .data(Self.empty, isLast: false), Self.ok]) == nil)
    }

    @Test func withoutAStatusItIsNone() async throws {
        let error = try #require(try await status([Self.head, .data(Self.empty, isLast: true)]))
        #expect(error.reason == .malformed("it ends without a status"))
    }

    @Test func aStatusAfterTheMessageGoesBeforeIt() async throws {
        let refusal = ScriptedServer.Frame.headers(
            [("grpc-status", "8"), ("grpc-message", "etcdserver: mvcc: database space exceeded")], isLast: true)
        let error = try #require(try await status([Self.head, .data(Self.empty, isLast: false), refusal]))
        #expect(error.kind == .spaceExceeded)
    }

    @Test func aRefusalMayComeAsAHeadAlone() async throws {
        let refusal = ScriptedServer.Frame.headers(
            [
                (":status", "200"), ("content-type", "application/grpc"), ("grpc-status", "14"),
                ("grpc-message", "etcdserver%3A no%20leader"),
            ], isLast: true)
        #expect(try #require(try await status([refusal])).kind == .noLeader)
    }

    @Test(
        arguments: [
            ([], "the response has 0 messages where one was expected"),
            ([0, 0, 0, 0, 9, 1], "the response ends within a message"),
            ([1, 0, 0, 0, 0], "the response is compressed, which was not asked for"),
            ([0, 0, 0, 0, 0, 0, 0, 0, 0, 0], "the response has 2 messages where one was expected"),
            ([0, 0, 0, 0, 1, 0xFF], "its message does not decode"),
        ] as [([UInt8], String)])
    func aBodyThatIsNotOneMessageIsAnError(_ body: [UInt8], reason: String) async throws {
        let data = body.isEmpty ? [] : [ScriptedServer.Frame.data(body, isLast: false)]
        let error = try #require(try await status([Self.head] + data + [Self.ok]))
        #expect(error.reason == .malformed(reason))
    }

    @Test func aStreamThatIsResetIsALostConnection() async throws {
        let error = try #require(try await status([Self.head, .reset(2)]))
        #expect(error.kind == .connectionLost)
    }

    /// The whole file arrived and fits its digest, and still the call did not end well.
    @Test func aSnapshotIsNoneWithoutAStatusOfZero() async throws {
        let database = [UInt8](repeating: 3, count: 100)
        let digest = try Digest.sha256(database).bytes
        let wire = FrameBuffer.frame([0x1A, 100] + database) + FrameBuffer.frame([0x1A, 32] + digest)
        let failed = ScriptedServer.Frame.headers([("grpc-status", "13")], isLast: true)
        let ends: [([ScriptedServer.Frame], isGood: Bool)] = [
            ([.data(wire, isLast: false), Self.ok], true), ([.data(wire, isLast: false), failed], false),
            ([.data(wire, isLast: true)], false), ([.data(wire, isLast: false), .reset(0)], false),
        ]
        for (frames, isGood) in ends {
            let server = try ScriptedServer([Self.head] + frames)
            let client = try EtcdClient(.init(endpoints: [EtcdEndpoint(server.url)]))
            var received: [UInt8] = []
            do {
                try await client.withSnapshot { stream in
                    for try await chunk in stream { received += chunk }
                }
                #expect(isGood)
                #expect(received == database + digest)
            } catch let error as EtcdError {
                #expect(!isGood, "\(error)")
                // The digest is what a consumer waits for.
                #expect(received.count <= database.count)
            }
        }
    }
}
