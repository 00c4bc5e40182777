import Cryptography
import FoundationEssentials
import HTTP
import Synchronization
import Testing

@testable import ObjectStore

extension ServedStores {
    /// Faults before the emulator of Google Cloud Storage.
    @Suite struct GCSFaultTests: FaultSuite {
        let key: ObjectKey
        private let folder: KeyPrefix

        init() throws {
            folder = try KeyPrefix("faults/\(randomName())")
            key = try folder.key("a.db")
        }

        static var port: Int { get throws { try Stores.current.gcsPort } }

        static func backend(port: Int, clock: StoreClock) throws -> any StoreBackend {
            try Stores.current.gcs(port: port, clock: clock)
        }

        private static let unavailable = FaultProxy.Action.answer(
            "HTTP/1.1 503 X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")

        /// The second part fails on its way; the store is asked what it has, and the rest is sent.
        @Test(arguments: [
            ("503", unavailable), ("reset", .reset(afterBytes: 1 << 20)), ("lost answer", .forwardAndReset),
        ])
        func goesOnFromTheCommittedOffset(_ name: String, _ fault: FaultProxy.Action) async throws {
            let second = "bytes \(8 << 20)-\((16 << 20) - 1)/*"
            let proxy = try proxy { request, before in
                request.field("content-range") == second
                    && !before.contains { $0.field("content-range") == second } ? fault : .forward
            }
            try await put(largeObject, in: try store(proxy))
            #expect(proxy.requests.contains { $0.field("content-range") == "bytes */*" })
            // What arrived is not sent again.
            let times = proxy.requests.filter { $0.field("content-range") == second }.count
            #expect(times == (name == "lost answer" ? 1 : 2))
            try await expectWhole(largeObject)
        }

        /// A store that kept part of a part: the rest of it is sent from there.
        @Test func goesOnInTheMiddleOfAPart() async throws {
            let first = "bytes 0-\((8 << 20) - 1)/*"
            let half = "bytes \(4 << 20)-\((8 << 20) - 1)/*"
            let proxy = try proxy { request, _ in
                switch request.field("content-range") {
                case first:
                    .answer(
                        "HTTP/1.1 308 X\r\nRange: bytes=0-\((4 << 20) - 1)\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                    )
                case half:
                    .answer(
                        "HTTP/1.1 308 X\r\nRange: bytes=0-\((8 << 20) - 1)\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                    )
                default: Self.unavailable
                }
            }
            let gcs = try Stores.current.gcs(port: proxy.port)
            let upload = GCSUpload(
                backend: gcs, key: key, session: SecretBytes("http://127.0.0.1:\(proxy.port)/session"),
                began: ObjectMetadata())
            _ = try await upload.send(.bytes(pattern(8 << 20)), number: 1, isLast: false)
            let lengths = proxy.requests.map { $0.field("content-length") }
            #expect(lengths == ["\(8 << 20)", "\(4 << 20)"])
        }

        @Test func theLastAnswerMayBeLost() async throws {
            let proxy = try proxy { request, before in
                let isLast = request.field("content-range")?.hasSuffix("/\(20 << 20)") == true
                return isLast && !before.contains { $0.field("content-range")?.hasSuffix("/\(20 << 20)") == true }
                    ? .forwardAndReset : .forward
            }
            try await put(largeObject, in: try store(proxy))
            try await expectWhole(largeObject)
        }

        @Test(arguments: [
            ("503", unavailable), ("gone", .answer("HTTP/1.1 410 X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")),
            (
                "a step back",
                .answer("HTTP/1.1 308 X\r\nRange: bytes=0-9\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            ),
            (
                "nothing ever arrives",
                .answer("HTTP/1.1 308 X\r\nRange: bytes=0-8388607\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            ),
        ])
        func givesUpWithoutARest(_ name: String, _ fault: FaultProxy.Action) async throws {
            let proxy = try proxy { request, _ in
                request.field("content-range").map { !$0.hasPrefix("bytes 0-") } == true ? fault : .forward
            }
            await #expect(throws: StoreError.self) { try await put(largeObject, in: try store(proxy)) }
            let direct = try Stores.current.gcs()
            #expect(try await direct.entries(folder, page: nil, limit: 10).objects.isEmpty)
        }

        /// A session is a key to the bucket: it is not followed to another host.
        @Test func followsNoSessionToAnotherHost() async throws {
            let elsewhere = try proxy { _, _ in .forward }
            let proxy = try proxy { request, _ in
                request.method == "POST"
                    ? .answer(
                        "HTTP/1.1 200 X\r\nLocation: http://127.0.0.1:\(elsewhere.port)/x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                    )
                    : .forward
            }
            await #expect(throws: StoreError.self) { try await put([1], in: try store(proxy)) }
            #expect(elsewhere.requests.isEmpty)
        }

        /// Tokens go to Google only: an endpoint of one's own gets none.
        @Test func sendsNoTokenToAnEndpointOfOnesOwn() async throws {
            let proxy = try proxy { _, _ in .forward }
            let backend = GCSBackend(
                GCSLocation(bucket: "bucket", endpoint: "http://127.0.0.1:\(proxy.port)"),
                http: try Stores.current.http,
                token: CredentialCache { GoogleToken(token: SecretBytes("geheim"), expiration: nil) })
            await #expect(throws: StoreError.self) { try await backend.head(key) }
            #expect(proxy.requests.count == 1 && proxy.requests[0].field("authorization") == nil)
        }
    }
}
