import EtcdRecoverModel
import FoundationEssentials
import HTTP
import Synchronization
import Testing

@testable import KubernetesClient

@Suite struct WatchFaultTests {
    private typealias Server = MisbehavingServer

    private func client(_ server: MisbehavingServer) throws -> KubernetesClient {
        try KubernetesClient(ClientConfiguration(server: server.url, proxy: .none, requestTimeout: .seconds(60)))
    }

    private static func event(_ type: String, _ name: String, _ version: Int) -> String {
        Server.chunk(
            #"{"type":"\#(type)","object":{"metadata":{"name":"\#(name)","resourceVersion":"\#(version)"}}}"# + "\n")
    }

    private static func list(_ names: [String], _ version: Int) -> [Server.Step] {
        let items = names.map { #"{"metadata":{"name":"\#($0)"}}"# }.joined(separator: ",")
        return Server.answer("200 OK", #"{"metadata":{"resourceVersion":"\#(version)"},"items":[\#(items)]}"#)
    }

    /// The first events, written short: `listed a,b@5`, `added c`.
    private func first(
        _ count: Int, of watch: Watch<Pod>
    ) async throws -> [String] {
        var events: [String] = []
        for try await event in watch {
            let text =
                switch event {
                case .listed(let pods, let version):
                    "listed \(pods.map { $0.metadata.name ?? "" }.joined(separator: ","))@\(version)"
                case .added(let pod): "added \(pod.metadata.name ?? "")"
                case .modified(let pod): "modified \(pod.metadata.name ?? "")"
                case .deleted(let pod): "deleted \(pod.metadata.name ?? "")"
                case .bookmark(let version): "bookmark \(version)"
                }
            events.append(text)
            if events.count == count { break }
        }
        return events
    }

    private func versions(_ server: MisbehavingServer) -> [String] {
        server.requests.map { request in
            guard request.target.contains("watch=true") else { return "list" }
            let item = request.target.split(separator: "&").first { $0.hasPrefix("resourceVersion=") }
            return String(item?.dropFirst("resourceVersion=".count) ?? "none")
        }
    }

    @Test func listsThenStreamsThenResumesWhereItWasCut() async throws {
        let server = try Server { request in
            switch request.number {
            case 1: Self.list(["a"], 5)
            case 2:
                [
                    .send(Server.streamHead + Self.event("ADDED", "b", 6) + Self.event("BOOKMARK", "", 9)),
                    .send(String(Self.event("ADDED", "lost", 10).prefix(30))), .reset,
                ]
            case 3: [.send(Server.streamHead + Self.event("MODIFIED", "b", 11) + "0\r\n\r\n")]
            default: [.send(Server.streamHead + Self.event("DELETED", "b", 12)), .hang]
            }
        }
        let events = try await first(5, of: client(server).watch(in: .namespace("ns")))
        #expect(events == ["listed a@5", "added b", "bookmark 9", "modified b", "deleted b"])
        #expect(versions(server) == ["list", "5", "9", "11"])
    }

    @Test(arguments: [true, false])
    func listsAnewWhenHistoryIsGone(_ asEvent: Bool) async throws {
        let status = #"{"kind":"Status","code":410,"reason":"Expired","message":"too old resource version"}"#
        let server = try Server { request in
            switch request.number {
            case 1:
                asEvent
                    ? [
                        .send(
                            Server.streamHead + Server.chunk(#"{"type":"ERROR","object":\#(status)}"# + "\n")
                                + "0\r\n\r\n")
                    ]
                    : Server.answer("410 Gone", status)
            case 2: Self.list(["a", "b"], 20)
            default: [.send(Server.streamHead + Self.event("ADDED", "c", 21)), .hang]
            }
        }
        let events = try await first(2, of: client(server).watch(in: .allNamespaces, from: "3"))
        #expect(events == ["listed a,b@20", "added c"])
        #expect(versions(server) == ["3", "list", "20"])
    }

    private static let down = Server.answer("500 Internal Server Error", "etcd is down", type: "text/plain")

    @Test func reportsInterruptions() async throws {
        let server = try Server { request in
            request.number < 3 ? Self.down : [.send(Server.streamHead + Self.event("ADDED", "a", 4)), .hang]
        }
        let told = Told()
        let watch: Watch<Pod> = try client(server).watch(
            in: .allNamespaces, from: "3", options: WatchOptions { error, pause in told.add("\(error)", pause) })
        #expect(try await first(1, of: watch) == ["added a"])
        let message =
            "the API server answered 500 Internal Server Error: no Kubernetes answer (text/plain): etcd is down"
        #expect(told.messages == [message, message])
        #expect(told.pauses.allSatisfy { $0 > .zero })
    }

    @Test func losesPatience() async throws {
        let server = try Server { _ in Self.down }
        let watch: Watch<Pod> = try client(server).watch(
            in: .allNamespaces, from: "3", options: WatchOptions(patience: .seconds(1)))
        let error = await #expect(throws: KubernetesError.self) { try await first(1, of: watch) }
        #expect(error?.failure?.code == 500)
    }

    /// Ends three connections after their heads, wholly or not, before it gives an event.
    private func quietServer(_ end: String) throws -> MisbehavingServer {
        try Server { request in
            request.number <= 3
                ? [.send(Server.streamHead + end)] : [.send(Server.streamHead + Self.event("ADDED", "a", 4)), .hang]
        }
    }

    private func watch(_ server: MisbehavingServer, shortest: Duration, _ options: WatchOptions) throws -> Watch<Pod> {
        Watch(
            loop: WatchLoop(
                client: try client(server), scope: .allNamespaces, selector: .everything, start: "3", options: options,
                shortest: shortest))
    }

    @Test func doesNotHammerAServerThatEndsWatchesAtOnce() async throws {
        let server = try quietServer("0\r\n\r\n")
        let told = Told()
        let watch = try watch(server, shortest: .seconds(3600), WatchOptions { told.add("\($0)", $1) })
        #expect(try await first(1, of: watch) == ["added a"])
        #expect(told.messages == Array(repeating: "the API server ended the watch as soon as it began", count: 3))
        #expect(told.pauses.allSatisfy { $0 >= .milliseconds(250) })
        let impatient = try self.watch(
            quietServer("0\r\n\r\n"), shortest: .seconds(3600), WatchOptions(patience: .zero))
        await #expect(throws: (any Error).self) { try await first(1, of: impatient) }
    }

    @Test func aQuietWatchThatIsCutTriesNoPatience() async throws {
        let server = try quietServer("")
        let watch = try watch(server, shortest: .zero, WatchOptions(patience: .zero))
        #expect(try await first(1, of: watch) == ["added a"])
        #expect(versions(server) == ["3", "3", "3", "3"])
        let impatient = try self.watch(quietServer(""), shortest: .seconds(3600), WatchOptions(patience: .zero))
        await #expect(throws: KubernetesError.self) { try await first(1, of: impatient) }
    }

    @Test(arguments: [
        (
            "403 Forbidden", #"{"kind":"Status","reason":"Forbidden","message":"pods is forbidden","code":403}"#,
            "the API server answered 403 Forbidden: pods is forbidden"
        ),
        (
            "404 Not Found", #"{"kind":"Status","reason":"NotFound","message":"no such kind","code":404}"#,
            "the API server answered 404 NotFound: no such kind"
        ),
        (
            "401 Unauthorized", #"{"kind":"Status","reason":"Unauthorized","message":"Unauthorized","code":401}"#,
            "the API server answered 401 Unauthorized: Unauthorized; check that the credentials are of this cluster and have not expired"
        ),
    ])
    func endsWhereWaitingDoesNotHelp(_ status: String, _ body: String, _ message: String) async throws {
        let server = try Server { _ in Server.answer(status, body) }
        let error = await #expect(throws: KubernetesError.self) {
            try await first(1, of: client(server).watch(in: .allNamespaces, from: "3"))
        }
        #expect(error?.description == message)
    }

    @Test(arguments: [
        (HTTPError.connectionLost(endpoint: "h:1", bytesReceived: 1), WatchPolicy?.some(.resume)),
        (.cannotConnect(endpoint: "h:1"), .resume), (.cannotResolve(endpoint: "h:1"), .resume),
        (.timedOut(endpoint: "h:1", .idle, after: .seconds(1)), .resume), (.tls(endpoint: "h:1", .handshake), .resume),
        (.tls(endpoint: "h:1", .untrustedAuthority), nil), (.tls(endpoint: "h:1", .nameMismatch), nil),
        (.clientClosed, nil),
    ])
    func waitsOutWhatMayPass(_ error: HTTPError, _ policy: WatchPolicy?) {
        #expect(WatchPolicy.next(after: KubernetesError.transport(error, request: "GET /")) == policy)
    }

    @Test func endsAtAnEndlessLine() async throws {
        let server = try Server { _ in
            let block = Server.chunk(String(repeating: "x", count: 1 << 20))
            return [.send(Server.streamHead), .repeating(block, times: 64), .hang]
        }
        let error = await #expect(throws: KubernetesError.self) {
            try await first(1, of: client(server).watch(in: .allNamespaces, from: "3"))
        }
        guard case .undecodable("an event of Pod", "", let reason, _)? = error,
            reason == "it is longer than \(Limits.watchLine) bytes"
        else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func endsAtGarbage() async throws {
        let server = try Server { _ in [.send(Server.streamHead + Server.chunk("<html>\n")), .hang] }
        let error = await #expect(throws: KubernetesError.self) {
            try await first(1, of: client(server).watch(in: .allNamespaces, from: "3"))
        }
        guard case .undecodable(_, _, "not valid JSON", _)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test(.timeLimit(.minutes(5))) func noticesASilentConnection() async throws {
        let server = try Server { request in
            request.number == 1
                ? [.send(Server.streamHead), .hang]
                : [.send(Server.streamHead + Self.event("ADDED", "a", 4)), .hang]
        }
        let watch: Watch<Pod> = try client(server).watch(
            in: .allNamespaces, from: "3", options: WatchOptions(connectionPeriod: .seconds(1), grace: .seconds(1)))
        #expect(try await first(1, of: watch) == ["added a"])
        #expect(server.requests.count == 2)
    }

    @Test func closesTheConnectionWhenTheReaderLeaves() async throws {
        let closed = Counter()
        let server = try Server { _ in
            [.send(Server.streamHead + Self.event("ADDED", "a", 4)), .hang, .tell { closed.increment() }]
        }
        #expect(try await first(1, of: client(server).watch(in: .allNamespaces, from: "3")) == ["added a"])
        #expect(try await eventually { closed.value == 1 })
    }

    private final class Told: Sendable {
        private let state = Mutex((messages: [String](), pauses: [Duration]()))
        var messages: [String] { state.withLock { $0.messages } }
        var pauses: [Duration] { state.withLock { $0.pauses } }
        func add(_ message: String, _ pause: Duration) {
            state.withLock {
                $0.messages.append(message)
                $0.pauses.append(pause)
            }
        }
    }
}
