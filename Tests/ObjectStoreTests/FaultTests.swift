import Cryptography
import FoundationEssentials
import HTTP
import Synchronization
import TestSupport
import Testing

@testable import ObjectStore

extension ServedStores {
    /// Each fault before moto's S3: what is done about it, and that nothing is left of what failed.
    @Suite struct FaultTests: FaultSuite {
        let key: ObjectKey
        private let folder: KeyPrefix

        init() throws {
            folder = try KeyPrefix("faults/\(randomName())")
            key = try folder.key("a.db")
        }

        static var port: Int { get throws { try Stores.current.s3Port } }

        static func backend(port: Int, clock: StoreClock) throws -> any StoreBackend {
            try Stores.current.s3(port: port, clock: clock)
        }

        private func expectNothing() async throws {
            let direct = try Stores.current.s3()
            #expect(try await direct.entries(folder, page: nil, limit: 1000).objects.isEmpty)
            #expect(try await direct.uploads(folder, after: nil).0.isEmpty)
        }

        /// Faults that another try mends, on the second part or at the end.
        @Test(arguments: [
            ("500", FaultProxy.Action.error(500, "InternalError")),
            ("503", .error(503, "SlowDown", fields: "Retry-After: 1\r\n")),
            ("502 without a body", .answer("HTTP/1.1 502 X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")),
            ("429", .error(429, "TooManyRequests")),
            ("RequestTimeout", .error(400, "RequestTimeout")),
            ("reset", .reset(afterBytes: 0)),
            ("reset in the middle", .reset(afterBytes: 3 << 20)),
            ("lost answer", .forwardAndReset),
            ("cut answer", .cut(afterBytes: 20)),
        ])
        func triesAPartAgain(_ name: String, _ fault: FaultProxy.Action) async throws {
            let proxy = try proxy { request, before in
                request.isPart(2) && before.filter { $0.isPart(2) }.count < 2 ? fault : .forward
            }
            try await put(largeObject, in: try store(proxy))
            #expect(proxy.requests.filter { $0.isPart(2) }.count == 3)
            #expect(proxy.requests.filter { $0.isPart(1) }.count == 1)
            try await expectWhole(largeObject)
        }

        @Test(arguments: [
            ("500", FaultProxy.Action.error(500, "InternalError")),
            ("an error in a 200", .error(200, "InternalError")),
            ("reset", .reset(afterBytes: 0)),
            ("lost answer", .forwardAndReset),
        ])
        func triesToCompleteAgain(_ name: String, _ fault: FaultProxy.Action) async throws {
            let proxy = try proxy { request, before in
                request.isComplete && !before.contains(where: \.isComplete) ? fault : .forward
            }
            try await put(largeObject, in: try store(proxy))
            try await expectWhole(largeObject)
        }

        @Test(arguments: [
            ("reset", FaultProxy.Action.reset(afterBytes: 10)), ("lost answer", .forwardAndReset),
            ("503", .error(503, "SlowDown")),
        ])
        func triesASmallObjectAgain(_ name: String, _ fault: FaultProxy.Action) async throws {
            let proxy = try proxy { request, before in
                request.method == "PUT" && !before.contains { $0.method == "PUT" } ? fault : .forward
            }
            try await put([1, 2, 3], in: try store(proxy))
            try await expectWhole([1, 2, 3])
        }

        /// Faults that stay end the upload, and nothing is left of it.
        @Test(arguments: [
            ("denied", FaultProxy.Action.error(403, "AccessDenied")), ("500", .error(500, "InternalError")),
            ("slow down", .error(503, "SlowDown")), ("reset", .reset(afterBytes: 1 << 20)),
            ("conflict", .error(409, "OperationAborted")),
            (
                "no ETag",
                .edit { response in
                    response.split(separator: "\r\n", omittingEmptySubsequences: false)
                        .filter { !$0.lowercased().hasPrefix("etag:") }.joined(separator: "\r\n")
                }
            ),
            (
                "another ETag",
                .edit { response in
                    response.split(separator: "\r\n", omittingEmptySubsequences: false)
                        .map {
                            $0.lowercased().hasPrefix("etag:")
                                ? "ETag: \"0123456789abcdef0123456789abcdef\"" : String($0)
                        }
                        .joined(separator: "\r\n")
                }
            ),
        ])
        func givesUpOnAPart(_ name: String, _ fault: FaultProxy.Action) async throws {
            let proxy = try proxy { request, _ in request.isPart(2) ? fault : .forward }
            await #expect(throws: StoreError.self) { try await put(largeObject, in: try store(proxy)) }
            #expect(proxy.requests.filter { $0.isPart(2) }.count <= 4)
            try await expectNothing()
        }

        @Test(arguments: [
            ("403", FaultProxy.Action.error(403, "AccessDenied")), ("an error in a 200", .error(200, "InternalError")),
            ("another error in a 200", .error(200, "AccessDenied")), ("InvalidPart", .error(400, "InvalidPart")),
            ("412", .error(412, "PreconditionFailed")), ("409", .error(409, "ConditionalRequestConflict")),
            ("no XML", .answer("HTTP/1.1 200 X\r\nContent-Length: 4\r\nConnection: close\r\n\r\nnope")),
        ])
        func givesUpToComplete(_ name: String, _ fault: FaultProxy.Action) async throws {
            let proxy = try proxy { request, _ in request.isComplete ? fault : .forward }
            await #expect(throws: StoreError.self) { try await put(largeObject, in: try store(proxy)) }
            try await expectNothing()
        }

        @Test func saysWhatAStoreSays() async throws {
            let cases: [(FaultProxy.Action, (String) -> StoreError)] = [
                (.error(404, "NoSuchBucket"), { .noBucket($0) }),
                (.error(403, "AccessDenied"), { .denied($0, .begin, reason: "AccessDenied, said on purpose") }),
                (.error(412, "PreconditionFailed"), { .exists($0) }),
                (
                    .error(501, "NotImplemented"),
                    { .refused($0, .begin, status: 501, code: "NotImplemented", message: "said on purpose") }
                ),
            ]
            for (fault, error) in cases {
                let proxy = try proxy { request, _ in request.isBegin ? fault : .forward }
                let store = try store(proxy)
                await #expect(throws: error(store.uri(key))) { try await put(largeObject, in: store) }
            }
            try await expectNothing()
        }

        /// Who may not list is not told that there is no object: 403 instead of 404.
        @Test func failsClosedWhereItCannotLook() async throws {
            let blind = ObjectStore(
                try Stores.current.s3(as: try Stores.current.blind), limits: .test, clock: .test)
            await #expect {
                try await put([1], in: blind)
            } throws: { error in
                guard case .cannotTellWhetherExists(let place, _) = error as? StoreError else { return false }
                return place == blind.uri(key)
            }
            try await expectNothing()
        }

        /// A refused HEAD has no body that could say why.
        @Test func saysWhatARefusedLookMayMean() async throws {
            let blind = try Stores.current.s3(as: try Stores.current.blind)
            await #expect(
                throws: StoreError.denied(
                    blind.uri(key.text), .head,
                    reason: "403 without a reason: the keys may be wrong, or s3:GetObject or s3:ListBucket is missing")
            ) { try await blind.head(key) }
        }

        @Test func namesTheFolderOfABucketThatIsNotThere() async throws {
            let s3 = try Stores.current.s3("nosuch")
            await #expect(throws: StoreError.noBucket("s3://nosuch/a/")) {
                try await s3.list(KeyPrefix("a"), page: nil, limit: 10)
            }
            await #expect(throws: StoreError.noBucket("s3://nosuch/a/")) {
                try await s3.sweep(KeyPrefix("a"), before: Date())
            }
        }

        /// As rclone's server answers.
        @Test func takesABareNameForTheResult() async throws {
            let name = "InitiateMultipartUpload"
            let proxy = try proxy { request, _ in
                // As long as before.
                request.isBegin ? .edit { $0.replacing("\(name)Result", with: "\(name)      ") } : .forward
            }
            try await put(largeObject, in: try store(proxy))
            try await expectWhole(largeObject)
        }

        /// A store that takes no condition: a look right before writing is what is left, and the receipt says so.
        @Test(arguments: [3, 20 << 20])
        func doesWithoutAConditionWhereItMust(_ count: Int) async throws {
            let proxy = try proxy { request, _ in
                request.field("if-none-match") == nil ? .forward : .error(501, "NotImplemented")
            }
            let receipt = try await put(pattern(count), in: try store(proxy))
            #expect(receipt.guarded == .lookup)
            try await expectWhole(pattern(count))
        }

        @Test func goesToTheRightRegionOnce() async throws {
            let proxy = try proxy { request, _ in
                request.field("authorization")?.contains("/eu-west-1/s3/") == true
                    ? .forward : .error(301, "PermanentRedirect", fields: "x-amz-bucket-region: eu-west-1\r\n")
            }
            let store = try store(proxy)
            try await put(largeObject, in: store)
            try await expectWhole(largeObject)
            // Learnt for good.
            #expect(proxy.requests.filter { $0.field("authorization")?.contains("/us-east-1/") == true }.count == 1)
        }

        @Test func doesNotWanderFromRegionToRegion() async throws {
            let proxy = try proxy { request, _ in
                let isThere = request.field("authorization")?.contains("/eu-west-1/s3/") == true
                return .error(
                    301, "PermanentRedirect", fields: "x-amz-bucket-region: \(isThere ? "us-east-1" : "eu-west-1")\r\n")
            }
            let store = try store(proxy)
            await #expect(throws: StoreError.self) { try await put([1], in: store) }
            #expect(proxy.requests.count == 2)
        }

        /// `Location` names another host: nothing is ever sent there.
        @Test func followsNoRedirectToAnotherHost() async throws {
            let elsewhere = try proxy { _, _ in .forward }
            let proxy = try proxy { _, _ in
                .answer(
                    "HTTP/1.1 307 X\r\nLocation: http://127.0.0.1:\(elsewhere.port)/bucket/a\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                )
            }
            await #expect(throws: StoreError.self) { try await put([1], in: try store(proxy)) }
            #expect(elsewhere.requests.isEmpty)
        }

        @Test func setsItsClockByTheStoresOnce() async throws {
            let now = Date()
            let proxy = try proxy { request, before in
                let isRight = request.field("x-amz-date")?.hasPrefix(S3Time.stamp(now).prefix(11)) == true
                return isRight ? .forward : .error(403, "RequestTimeTooSkewed", fields: "Date: \(httpDate(now))\r\n")
            }
            // Three days behind.
            let clock = StoreClock(now: { now.addingTimeInterval(-3 * 86_400) }, sleep: { _ in }, jitter: { 0.5 })
            try await put(largeObject, in: try store(proxy, clock: clock))
            try await expectWhole(largeObject)
            #expect(
                proxy.requests.filter { $0.field("x-amz-date")?.hasPrefix(S3Time.stamp(now).prefix(8)) == false }.count
                    == 1)
        }

        @Test func givesUpOnAClockThatStaysWrong() async throws {
            let proxy = try proxy { _, _ in
                .error(403, "RequestTimeTooSkewed", fields: "Date: Fri, 24 May 2013 00:00:00 GMT\r\n")
            }
            await #expect(throws: StoreError.self) { try await put([1], in: try store(proxy)) }
            #expect(proxy.requests.count == 2)
        }

        @Test func renewsCredentialsInTheMiddle() async throws {
            let stores = try Stores.current
            let (old, new) = (stores.all, stores.other)
            let fetches = Mutex(0)
            let cache = CredentialCache<AWSCredentials> {
                fetches.withLock { $0 += 1 }
                return fetches.withLock { $0 } == 1 ? old : new
            }
            let proxy = try proxy { request, before in
                let isLate =
                    before.contains(where: \.isPart)
                    && request.field("authorization")?.contains(old.accessKeyID) == true
                return isLate ? .error(400, "ExpiredToken") : .forward
            }
            let backend = stores.s3(port: proxy.port, credentials: cache)
            try await put(largeObject, in: ObjectStore(backend, limits: .test, clock: .test))
            #expect(fetches.withLock { $0 } == 2)
            try await expectWhole(largeObject)
        }

        /// Credentials that cannot be renewed: said as it is.
        @Test func saysThatATokenExpired() async throws {
            let proxy = try proxy { request, _ in request.isPart ? .error(400, "ExpiredToken") : .forward }
            let store = try store(proxy)
            await #expect(
                throws: StoreError.refused(
                    store.uri(key), .part, status: 400, code: "ExpiredToken", message: "said on purpose")
            ) { try await put(largeObject, in: store) }
            try await expectNothing()
        }

        @Test func aStallEnds() async throws {
            let proxy = try proxy { request, before in
                request.isPart(2) && before.filter { $0.isPart(2) }.count < 1 ? .stall : .forward
            }
            let stores = try Stores.current
            let deadlines = StoreDeadlines(transfer: Deadlines(total: nil, idle: .seconds(10)))
            let backend = S3Backend(
                S3Location(bucket: "bucket", endpoint: "http://127.0.0.1:\(proxy.port)"), http: stores.http,
                credentials: CredentialCache { stores.all }, deadlines: deadlines, policy: .test, clock: .test)
            try await put(largeObject, in: ObjectStore(backend, clock: .test))
            try await expectWhole(largeObject)
        }

        @Test func addsADigestWhereTheStoreWantsOne() async throws {
            let proxy = try proxy { request, _ in
                request.isPart && request.field("content-md5") == nil
                    ? .error(400, "InvalidRequest", message: "Content-MD5 OR x-amz-checksum- HTTP header is required")
                    : .forward
            }
            try await put(largeObject, in: try store(proxy))
            try await expectWhole(largeObject)
        }

        // MARK: Reading

        @Test func takesUpABrokenDownload() async throws {
            try await put(largeObject, in: try store())
            let proxy = try proxy { request, before in
                guard request.method == "GET", request.field("range") != nil else { return .forward }
                let earlier = before.filter { $0.field("range") != nil }.count
                return earlier < 6 ? .cut(afterBytes: earlier % 3 == 1 ? 100 : 3 << 20) : .forward
            }
            let store = try store(proxy)
            let received = Mutex<[UInt8]>([])
            let object = try await store.head(key)
            try await store.read(object) { chunk in received.withLock { $0 += chunk } }
            #expect(received.withLock { $0 } == largeObject)
            let reads = proxy.requests.filter { $0.field("range") != nil }
            #expect(reads.count == 7)
            #expect(reads.allSatisfy { $0.field("if-match") == object.tag })
        }

        @Test func noticesAReplacementInTheMiddleOfADownload() async throws {
            let direct = try store()
            try await put(largeObject, in: direct)
            let proxy = try proxy { request, before in
                request.field("range") != nil && !before.contains { $0.field("range") != nil }
                    ? .cut(afterBytes: 1 << 20) : .forward
            }
            let store = try store(proxy)
            let object = try await store.head(key)
            let hasReplaced = Mutex(false)
            await #expect(throws: StoreError.changed(store.uri(key))) {
                try await store.read(object) { _ in
                    guard
                        hasReplaced.withLock({ replaced in
                            defer { replaced = true }; return !replaced
                        })
                    else { return }
                    try await direct.delete(key)
                    try await put([1, 2, 3], in: direct)
                }
            }
        }

        @Test func refusesADownloadWithAnotherDigest() async throws {
            let body = pattern(100_000)
            try await put(body, in: try store())
            let proxy = try proxy { request, _ in
                guard request.field("range") != nil else { return .forward }
                let damaged = String(repeating: "x", count: body.count)
                return .answer(
                    "HTTP/1.1 206 X\r\nContent-Range: bytes 0-99999/100000\r\nContent-Length: 100000\r\nConnection: close\r\n\r\n\(damaged)"
                )
            }
            let store = try store(proxy)
            let target = try TemporaryDirectory()
            let actual = try Digest.sha256([UInt8](repeating: UInt8(ascii: "x"), count: body.count)).description
            let expected = try Digest.sha256(body).description
            await #expect(throws: StoreError.damaged(store.uri(key), expected: expected, actual: actual)) {
                try await store.download(key, to: target.path(of: "a.db"))
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: target.path).isEmpty)
        }
    }
}

private func httpDate(_ date: Date) -> String {
    let stamp = S3Time.stamp(date)
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    func part(_ from: Int, _ count: Int) -> String { String(stamp.dropFirst(from).prefix(count)) }
    return
        "Sat, \(part(6, 2)) \(months[(Int(part(4, 2)) ?? 1) - 1]) \(part(0, 4)) \(part(9, 2)):\(part(11, 2)):\(part(13, 2)) GMT"
}
