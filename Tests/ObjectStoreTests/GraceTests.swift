import FoundationEssentials
import Synchronization
import TestSupport
import Testing

@testable import ObjectStore

struct GraceTests {
    @Test func whatIsUnderWayIsCancelledWhenTheTimeIsOver() async throws {
        let grace = Grace(.milliseconds(200))
        grace.begin()
        let start = ContinuousClock.now
        await #expect(throws: CancellationError.self) {
            try await grace.run { try await Task.sleep(for: .seconds(60)) }
        }
        #expect(ContinuousClock.now - start < .seconds(20))
    }

    @Test func cancellationAloneOnlyLetsTheTimeRun() async throws {
        let grace = Grace(.seconds(60))
        let task = Task {
            try await grace.run {
                try await Task.sleep(for: .milliseconds(300))
                return 7
            }
        }
        task.cancel()
        #expect(try await task.value == 7)
    }

    /// Whoever is not cancelled has all the time there is.
    @Test func untilThenItDoesNotRun() async throws {
        #expect(
            try await Grace(.zero).run {
                try await Task.sleep(for: .milliseconds(300))
                return 7
            } == 7)
    }
}

extension ServedStores {
    /// A store that does not answer any more does not keep anybody waiting for long.
    @Suite struct BoundedTidyingTests {
        private let key: ObjectKey
        private static let grace = Duration.seconds(1)

        init() throws {
            key = try ObjectKey("grace/\(randomName())/a.db")
        }

        /// Which requests are never answered.
        private func store(
            stalling isStalled: @escaping @Sendable (FaultProxy.Seen) -> Bool
        ) throws -> (ObjectStore, FaultProxy) {
            let proxy = try FaultProxy(to: try Stores.current.s3Port) { request, _ in
                isStalled(request) ? .stall : .forward
            }
            let limits = TransferLimits(retry: .test, grace: Self.grace)
            return (ObjectStore(try Stores.current.s3(port: proxy.port), limits: limits, clock: .test), proxy)
        }

        @Test func afterAFailureOfTheSource() async throws {
            let (store, proxy) = try store { $0.method == "DELETE" }
            let piece = pattern(9 << 20)
            let broke = Mutex<ContinuousClock.Instant?>(nil)
            let source = Chunks(count: 3) { index in
                guard index == 2 else { return piece }
                broke.withLock { $0 = .now }
                throw Chunks.Broken()
            }
            let reasons = Mutex<[String]>([])
            await #expect(throws: Chunks.Broken.self) {
                try await store.put(
                    source, at: key,
                    leavesParts: { reason in reasons.withLock { $0.append(reason) } }
                ) { _ in ObjectMetadata() }
            }
            let start = try #require(broke.withLock { $0 })
            #expect(ContinuousClock.now - start < .seconds(20))
            #expect(reasons.withLock { $0 } == ["the store did not answer within 1.0 seconds"])
            withExtendedLifetime(proxy) {}
        }

        @Test func afterCancellationAtTheVeryEnd() async throws {
            let (store, proxy) = try store { $0.isComplete || $0.method == "DELETE" }
            let reasons = Mutex<[String]>([])
            let task = Task {
                try await store.put(
                    Chunks(pattern(20 << 20)), at: key,
                    leavesParts: { reason in reasons.withLock { $0.append(reason) } }
                ) { _ in ObjectMetadata() }
            }
            while !proxy.requests.contains(where: \.isComplete) { try await Task.sleep(for: .milliseconds(20)) }
            let start = ContinuousClock.now
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            #expect(ContinuousClock.now - start < .seconds(20))
            #expect(reasons.withLock { $0.count } == 1)
        }

        @Test func whatCannotBeRemovedIsSaid() async throws {
            let proxy = try FaultProxy(to: try Stores.current.s3Port) { request, _ in
                request.method == "DELETE" ? .error(403, "AccessDenied") : .forward
            }
            let store = ObjectStore(try Stores.current.s3(port: proxy.port), limits: .test, clock: .test)
            let reasons = Mutex<[String]>([])
            await #expect(throws: Chunks.Broken.self) {
                try await store.put(
                    Chunks.breaking(after: pattern(20 << 20)), at: key,
                    leavesParts: { reason in reasons.withLock { $0.append(reason) } }
                ) { _ in ObjectMetadata() }
            }
            #expect(reasons.withLock { $0 }.count == 1)
            #expect(reasons.withLock { $0 }.first?.contains("may not abort the upload: AccessDenied") == true)
        }

        @Test func nothingIsSaidWhereNothingStays() async throws {
            let store = ObjectStore(try Stores.current.s3(), limits: .test, clock: .test)
            await #expect(throws: Chunks.Broken.self) {
                try await store.put(
                    Chunks.breaking(after: pattern(20 << 20)), at: key,
                    leavesParts: { Issue.record("\($0)") }
                ) { _ in ObjectMetadata() }
            }
        }
    }
}
