import Admission
import EtcdRecoverModel
import Logging
import NIOConcurrencyHelpers
import ServiceLifecycle

@testable import WebhookServer

/// A Secret's values, wherever they turn up.
let secretKeyID = "AKIDSECRETSECRET"
let secretValue = "wJalrXUtnFEMI-K7MDENG-bPxRfiCYEXAMPLEKEY"

/// A cluster `orders` with a Secret `keys`, answering at once, or never.
struct World: Lookup {
    var answers = true
    var backups: @Sendable () async -> LookedUp<[EtcdBackup]> = { .found([]) }

    private func answer<Value>(_ value: LookedUp<Value>) async -> LookedUp<Value> {
        if !answers { try? await Task.sleep(for: .seconds(3600)) }
        return value
    }

    func etcdCluster(_ name: ObjectName) async -> LookedUp<EtcdCluster> {
        await answer(
            name.name == "orders"
                ? .found(EtcdCluster(metadata: ObjectMeta(name: "orders", namespace: name.namespace))) : .absent)
    }
    func secret(_ name: ObjectName) async -> LookedUp<Secret> {
        let secret = Secret(
            metadata: ObjectMeta(name: "keys", namespace: name.namespace),
            data: [
                "accessKeyID": .init((secretKeyID + "\n").utf8), "secretAccessKey": .init(secretValue.utf8),
                "serviceAccountJSON": .init("{\"private_key\":\"\(secretValue)\"".utf8),
            ])
        return await answer(name.name == "keys" ? .found(secret) : .absent)
    }
    func etcdBackup(_ name: ObjectName) async -> LookedUp<EtcdBackup> { await answer(.absent) }
    func etcdBackups() async -> LookedUp<[EtcdBackup]> { await answer(backups()) }
    func etcdRestores(in namespace: String) async -> LookedUp<[EtcdRestore]> { await answer(.found([])) }
    func etcdRecoveries(in namespace: String) async -> LookedUp<[EtcdRecovery]> { await answer(.found([])) }
    func statefulSet(_ name: ObjectName) async -> LookedUp<StatefulSet> { await answer(.absent) }
    func pods(ofCluster name: ObjectName) async -> LookedUp<[Pod]> { await answer(.found([])) }
    func persistentVolumeClaims(in namespace: String) async -> LookedUp<[PersistentVolumeClaim]> {
        await answer(.found([]))
    }
    func mayGetSecret(_ name: ObjectName, user: UserInfo?) async -> LookedUp<Bool> { await answer(.found(true)) }
}

/// Everything that was logged.
final class Lines: Sendable {
    private let box = NIOLockedValueBox<[UInt8]>([])

    var text: String { String(decoding: box.withLockedValue { $0 }, as: UTF8.self) }

    func logger(_ format: LogFormat = .json, level: Logger.Level = .trace) -> Logger {
        Logger(label: "test") { _ in
            LineLogHandler(format: format, level: level) { line in self.box.withLockedValue { $0 += line } }
        }
    }
}

/// Serves reviews in the clear on a free port while `body` runs.
func withReviews<Value: Sendable>(
    asking lookup: World = World(), limits: ConnectionLimits = ConnectionLimits(), lines: Lines = Lines(),
    metrics: WebhookMetrics = WebhookMetrics(rules: RuleCatalogue.all.map(\.id)), budget: BodyBudget = BodyBudget(),
    _ body: @escaping @Sendable (_ port: Int) async throws -> Value
) async throws -> Value {
    let endpoint = AdmissionEndpoint(
        admission: Admission(options: RuleOptions()), injection: MemberInjection(image: "etcdrecover:1"),
        lookup: lookup,
        metrics: metrics, log: DecisionLog(logger: lines.logger()),
        readiness: Readiness(certificates: ServingCertificates()),
        budget: budget)
    let (ports, port) = AsyncStream<Int>.makeStream()
    let listener = Listener(
        address: ListenAddress(host: "127.0.0.1", port: 0), limits: limits, identity: nil, metrics: metrics,
        logger: lines.logger(), onListening: { port.yield($0) }, respond: endpoint.respond)
    return try await serving([listener]) { _ in
        for await port in ports { return try await body(port) }
        throw CancellationError()
    }
}

/// Runs `body` beside `services`, which it shuts down afterwards, gracefully.
func serving<Value: Sendable>(
    _ services: [any Service], _ body: @escaping @Sendable (ServiceGroup) async throws -> Value
) async throws -> Value {
    let group = ServiceGroup(
        configuration: .init(services: services, logger: Logger(label: "services") { _ in SwiftLogNoOpLogHandler() }))
    return try await withThrowingTaskGroup(of: Value?.self) { tasks in
        tasks.addTask {
            try await group.run()
            return nil
        }
        tasks.addTask { try await body(group) }
        var value: Value?
        while value == nil, let next = try await tasks.next() { value = next }
        await group.triggerGracefulShutdown()
        try await tasks.waitForAll()
        guard let value else { throw CancellationError() }
        return value
    }
}

/// A review of a backup with the given spec, 400 bytes or so.
func review(_ spec: String = #"{"clusterRef":"orders","destination":{"provider":"s3","s3":{"bucket":"backups"}}}"#)
    -> String
{
    """
    {"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","request":{"uid":"705ab4f5",\
    "kind":{"group":"operator.etcd.io","version":"v1alpha1","kind":"EtcdBackup"},"name":"nightly","namespace":"prod",\
    "operation":"CREATE","userInfo":{"username":"jane","uid":"7"},"object":{"metadata":{"name":"nightly"},"spec":\(spec)}}}
    """
}

func post(_ body: String, to path: String = "/validate", headers: String = "Content-Type: application/json\r\n")
    -> String
{
    "POST \(path) HTTP/1.1\r\nHost: webhook\r\n\(headers)Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
}

/// The answer to one request on a connection of its own.
func exchange(_ request: String, port: Int) async throws -> Answer? {
    let socket = try Socket(port: port)
    await socket.send(request)
    return await socket.answer()
}
