import HTTPTypes
import Testing

@testable import EtcdClient

/// The protocol's own rules, apart from any server.
struct GRPCTests {
    @Test(arguments: [
        ("plain", "plain"), ("a%20b%25", "a b%"), ("50%", "50%"), ("%zz%4", "%zz%4"), ("%+1", "%+1"),
        ("%C3%A4", "ä"), ("%FF", "\u{FFFD}"), ("a%0Ab%1B[31m", "a b [31m"), ("", ""),
    ])
    func percentSignsAreResolved(_ text: String, expected: String) {
        #expect(GRPCStatus.decoded(text) == expected)
    }

    @Test func aMessageOfAnySizeIsCut() {
        #expect(GRPCStatus.decoded(String(repeating: "%41", count: 100_000)).count == 1024)
    }

    @Test func fieldsWithoutAStatusHaveNone() {
        let message = HTTPField.Name.constant("grpc-message")
        let code = HTTPField.Name.constant("grpc-status")
        #expect(GRPCStatus([message: "x"]) == nil)
        #expect(GRPCStatus([code: "x"]) == nil)
        #expect(GRPCStatus([code: "5", message: "not%20here"]) == GRPCStatus(code: .notFound, message: "not here"))
        #expect("\(GRPCStatus(code: .notFound, message: "not here"))" == "not here (NOT_FOUND)")
        #expect("\(GRPCStatus.Code(rawValue: 99))" == "status 99")
    }

    @Test(arguments: [
        (Duration.milliseconds(1), "1m"), (.microseconds(1), "1m"), (.seconds(5), "5000m"),
        (.milliseconds(99_998_999), "99998999m"), (.milliseconds(100_000_000), "100000S"),
        (.milliseconds(Int64.max), "99999999S"),
    ])
    func aTimeoutHasEightDigitsAtMost(_ limit: Duration, expected: String) {
        #expect(GRPCCall.timeout(limit) == expected)
    }

    @Test func framesAreCutOutOfChunksOfAnySize() throws {
        let messages = [[1, 2, 3], [], [UInt8](repeating: 7, count: 300)]
        let wire = messages.flatMap(FrameBuffer.frame)
        for size in 1...wire.count {
            var buffer = FrameBuffer()
            var found: [[UInt8]] = []
            for start in stride(from: 0, to: wire.count, by: size) {
                buffer.append(Array(wire[start..<min(start + size, wire.count)]))
                while let message = try buffer.next(limit: 300) { found.append(message) }
            }
            #expect(found == messages)
            #expect(buffer.isEmpty)
        }
    }

    @Test func badFramesAreErrors() {
        func error(_ body: [UInt8]) -> FrameError? {
            do { _ = try FrameBuffer.single(in: body, limit: 10) } catch { return error }
            return nil
        }
        #expect(error(FrameBuffer.frame([1])) == nil)
        #expect(error([]) == .wrongCount(0))
        #expect(error([0, 0, 0, 0]) == .truncated)
        #expect(error([0, 0, 0, 0, 2, 1]) == .truncated)
        #expect(error([1, 0, 0, 0, 0]) == .compressed)
        #expect(error(FrameBuffer.frame([UInt8](repeating: 0, count: 11))) == .tooLarge(11))
        #expect(error([0, 0xFF, 0xFF, 0xFF, 0xFF]) == .tooLarge(0xFFFF_FFFF))
        #expect(error(FrameBuffer.frame([1]) + FrameBuffer.frame([2])) == .wrongCount(2))
    }

    @Test(arguments: [
        (2, "auth: invalid auth token", EtcdError.Kind.invalidToken),
        (16, "etcdserver: invalid auth token", .invalidToken),
        (3, "etcdserver: revision of auth store is old", .invalidToken),
        (3, "etcdserver: user name is empty", .authenticationNeeded),
        (2, "auth: user name is empty", .authenticationNeeded),
        (3, "etcdserver: authentication failed, invalid user ID or password", .authenticationFailed),
        (7, "etcdserver: permission denied", .permissionDenied), (2, "auth: permission denied", .permissionDenied),
        (14, "etcdserver: no leader", .noLeader), (14, "etcdserver: leader changed", .leaderChanged),
        (14, "etcdserver: unhealthy cluster", .unhealthyCluster),
        (14, "etcdserver: request timed out, possibly due to previous leader failure", .requestTimedOut),
        (14, "connection closing", .unavailable), (14, "etcdserver: rpc not supported for learner", .notForLearners),
        (9, "etcdserver: rpc not supported for learner", .notForLearners),
        (11, "etcdserver: mvcc: required revision has been compacted", .compacted),
        (11, "etcdserver: mvcc: required revision is a future revision", .futureRevision),
        (8, "etcdserver: mvcc: database space exceeded", .spaceExceeded), (15, "etcdserver: corrupt cluster", .corrupt),
        (4, "context deadline exceeded", .deadlineExceeded), (12, "unknown service etcdserverpb.X", .unimplemented),
        (5, "etcdserver: requested lease not found", .leaseNotFound), (2, "something else", .other),
    ])
    func failuresAreClassed(_ code: Int, _ text: String, expected: EtcdError.Kind) {
        let status = GRPCStatus(code: .init(rawValue: code), message: text)
        let error = EtcdError(endpoint: EtcdEndpoint("http://a"), call: "X", reason: .status(status))
        #expect(error.kind == expected)
    }

    /// A write that may have been carried out is not sent to another member.
    @Test func onlyReadsAreRepeatedAfterAnUnknownOutcome() {
        for kind in [EtcdError.Kind.connectionLost, .deadlineExceeded, .requestTimedOut, .leaderChanged, .unavailable] {
            #expect(kind.leavesOthersToTry(isRead: true))
            #expect(!kind.leavesOthersToTry(isRead: false))
        }
        for kind in [EtcdError.Kind.unreachable, .noLeader, .notForLearners, .unhealthyCluster] {
            #expect(kind.leavesOthersToTry(isRead: false))
        }
        for kind in [EtcdError.Kind.permissionDenied, .compacted, .spaceExceeded, .authenticationFailed] {
            #expect(!kind.leavesOthersToTry(isRead: true))
        }
    }

    @Test func prefixesEndWhereTheNextKeyBegins() {
        #expect(KeyRange.prefix([1, 2]) == .keys(from: [1, 2], to: [1, 3]))
        #expect(KeyRange.prefix([1, 0xFF]) == .keys(from: [1, 0xFF], to: [2]))
        #expect(KeyRange.prefix([0xFF, 0xFF]) == .keys(from: [0xFF, 0xFF]))
        #expect(KeyRange.prefix([]) == .all)
        #expect(KeyRange.all == .keys(from: [0], to: [0]))
    }

    @Test func alarmsAreReadFromAStatus() {
        #expect(
            Alarm(inStatus: "memberID:10276657743932975437 alarm:NOSPACE ")?.description
                == "NOSPACE of member 8e9e05c52164694d")
        #expect(Alarm(inStatus: "etcdserver: no leader") == nil)
    }
}
