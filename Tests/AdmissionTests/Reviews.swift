import EtcdRecoverModel
import FoundationEssentials

@testable import Admission

/// A review as an API server sends it, with the parts that matter to a test replaced.
func review(
    _ object: String, old: String = "null", kind: String = "EtcdBackup", version: String = "v1alpha1",
    operation: String = "CREATE", subResource: String? = nil, apiVersion: String = "admission.k8s.io/v1",
    user: String = #"{"username":"jane","uid":"7","groups":["system:authenticated"],"extra":{"a":["b"]}}"#
) -> Data {
    let subResource = subResource.map { #""subResource":"\#($0)","# } ?? ""
    return Data(
        """
        {"kind":"AdmissionReview","apiVersion":"\(apiVersion)","request":{"uid":"705ab4f5",
        "kind":{"group":"operator.etcd.io","version":"\(version)","kind":"\(kind)"},
        "resource":{"group":"operator.etcd.io","version":"\(version)","resource":"etcdbackups"},\(subResource)
        "name":"nightly","namespace":"prod","operation":"\(operation)",
        "userInfo":\(user),
        "object":\(object),"oldObject":\(old),"dryRun":false,"options":{"kind":"CreateOptions"}}}
        """.utf8)
}

func backup(_ spec: String, metadata: String = "", status: String = "{}") -> String {
    """
    {"apiVersion":"operator.etcd.io/v1alpha1","kind":"EtcdBackup",
    "metadata":{"name":"nightly","namespace":"prod","managedFields":[{"manager":"kubectl","fieldsV1":{"f:spec":{}}}]\
    \(metadata.isEmpty ? "" : "," + metadata)},
    "spec":\(spec),"status":\(status)}
    """
}

func restore(_ spec: String, status: String = "{}") -> String {
    """
    {"apiVersion":"operator.etcd.io/v1alpha1","kind":"EtcdRestore","metadata":{"name":"nightly","namespace":"prod"},
    "spec":\(spec),"status":\(status)}
    """
}

/// A cluster that holds what a test puts in it, and remembers what was asked.
struct World: Lookup {
    var clusters: [ObjectName: EtcdCluster] = [:]
    var backups: [ObjectName: EtcdBackup] = [:]
    var isUnavailable = false

    private func answer<Value>(_ value: Value?) -> LookedUp<Value> {
        if isUnavailable { return .unavailable("the API server is away") }
        return value.map { .found($0) } ?? .absent
    }

    func etcdCluster(_ name: ObjectName) async -> LookedUp<EtcdCluster> { answer(clusters[name]) }
    func secret(_ name: ObjectName) async -> LookedUp<Secret> { answer(nil) }
    func etcdBackup(_ name: ObjectName) async -> LookedUp<EtcdBackup> { answer(backups[name]) }
    func etcdBackups() async -> LookedUp<[EtcdBackup]> { answer(Array(backups.values)) }
    func etcdRestores(in namespace: String) async -> LookedUp<[EtcdRestore]> { answer([]) }
    func etcdRecoveries(in namespace: String) async -> LookedUp<[EtcdRecovery]> { answer([]) }
    func statefulSet(_ name: ObjectName) async -> LookedUp<StatefulSet> { answer(nil) }
    func pods(ofCluster name: ObjectName) async -> LookedUp<[Pod]> { answer([]) }
    func persistentVolumeClaims(in namespace: String) async -> LookedUp<[PersistentVolumeClaim]> { answer([]) }
    func mayGetSecret(_ name: ObjectName, user: UserInfo?) async -> LookedUp<Bool> { answer(true) }
}

/// Namespace `prod` with the cluster `orders` at 3.5.17 and its finished backup `nightly`.
let production: World = {
    let orders = ObjectName(namespace: "prod", name: "orders")
    var backup = EtcdBackup(
        metadata: ObjectMeta(name: "nightly", namespace: "prod"),
        spec: .init(
            clusterRef: "orders",
            destination: Destination(
                provider: .s3, prefix: "etcd", s3: .init(bucket: "backups", region: "eu-central-1"))),
        status: .init(phase: .completed))
    backup.status?.snapshotLocation = "s3://backups/etcd/orders/nightly-20261121T100000Z.db"
    return World(
        clusters: [
            orders: EtcdCluster(
                metadata: ObjectMeta(name: "orders", namespace: "prod"), spec: .init(size: 3, version: "v3.5.17"),
                status: .init(readyReplicas: 3))
        ],
        backups: [ObjectName(namespace: "prod", name: "nightly"): backup])
}()

let goodSpec =
    #"{"clusterRef":"orders","destination":{"provider":"s3","prefix":"etcd","s3":{"bucket":"backups","region":"eu-central-1"}},"#
    + #""snapshotTimeout":"10m","retention":{"retainCount":7}}"#

func decide(
    _ body: Data, _ stage: AdmissionStage = .validate, asking world: World = production
) async throws -> AdmissionReviewResponse {
    try await Admission(options: RuleOptions()).review(body, in: stage, asking: world).review
}

/// An answer that lets the object pass without a word.
let silentYes = AdmissionReviewResponse(response: .init(uid: "705ab4f5", allowed: true))

extension AdmissionReviewResponse.Response {
    /// The patch as JSON with sorted keys.
    var patchText: String? {
        get throws {
            guard let patch else { return nil }
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            return String(
                decoding: try encoder.encode(JSONDecoder().decode(JSONValue.self, from: patch)), as: UTF8.self)
        }
    }
}
