import HTTP
import TestSupport
import Testing

@testable import EtcdClient

/// Servers that are not etcd, or answer as a broken one might: HTTP 200 is no success.
@Suite(.needs("nghttpd", from: "nghttp2-server"), .timeLimit(.minutes(2)))
struct ForeignServerTests {
    /// Of a unary and a streaming call to an nghttpd that answers both with `body`, or with 404.
    private func failures(body: [UInt8]?) async throws -> [EtcdError] {
        let folder = try TemporaryDirectory()
        if let body {
            let text = String(decoding: body, as: UTF8.self)
            try folder.write(text, to: "content")
        }
        let port = try freePort()
        let command = Command(
            "/bin/sh",
            [
                "-c",
                """
                cd \(folder.path) && for s in Maintenance/Status Maintenance/Snapshot; do
                mkdir -p etcdserverpb.Maintenance; [ ! -e content ] || cp content etcdserverpb.$s; done
                PATH=$PATH:/usr/sbin exec nghttpd --no-tls -a 127.0.0.1 -d . \(port)
                """,
            ])
        return try await Service.run(command) { service in
            let client = try EtcdClient(
                .init(endpoints: [EtcdEndpoint("http://127.0.0.1:\(port)")], deadline: .seconds(20)))
            try await service.wait(for: "server") { (try? Relay.isOpen(port)) == true }
            let unary = try await failure { try await client.status() }
            let stream = try await failure { try await client.withSnapshot { try await collect($0) } }
            return [unary, stream]
        }.value
    }

    @Test func aServerWithoutTheCallsDoesNotKnowThem() async throws {
        for error in try await failures(body: nil) {
            #expect(error.kind == .unimplemented)
            #expect("\(error)".contains("HTTP status 404"))
        }
    }

    @Test func aWebServerIsToldApart() async throws {
        for error in try await failures(body: Array("hello")) {
            #expect(error.kind == .malformedAnswer)
            #expect("\(error)".contains("check that this is etcd's client port"))
        }
    }
}
