import EtcdRecoverModel
import FoundationEssentials

@testable import Admission

let restoreUID = "0d5f5f0e-8f6a-4a53-8a3f-1c6d1c1b2a33"
let injectionTarget = InjectionTarget(
    kind: .restore, object: ObjectName(namespace: "prod", name: "back"), uid: restoreUID)

let recoveryTarget = InjectionTarget(
    kind: .recovery, object: ObjectName(namespace: "prod", name: "lost"), uid: "7c1e1c5e-2f0b-4c65-9a0e-5b1f2a3c4d5e")

/// Namespace `prod` with a finished backup `nightly` and a restore `back` of it into `orders`, under way; and a recovery `lost`
/// of `orders` that keeps what `orders-2` knew.
struct InjectionWorld: Lookup {
    var restores: LookedUp<[EtcdRestore]> = .found([InjectionWorld.restore()])
    var backup: LookedUp<EtcdBackup> = .found(InjectionWorld.backup)
    var recoveries: LookedUp<[EtcdRecovery]> = .found([InjectionWorld.recovery()])

    static func restore(
        _ change: (inout EtcdRestore) -> Void = { _ in }
    ) -> EtcdRestore {
        var restore = EtcdRestore(
            metadata: ObjectMeta(name: "back", namespace: "prod"),
            spec: .init(
                source: .init(backupRef: .init(name: "nightly")),
                target: .init(name: "orders", size: 3, version: "v3.5.21", revisionBump: 1000), restoreTimeout: "5m"),
            status: .init(phase: .downloading))
        restore.metadata.uid = restoreUID
        restore.metadata.generation = 2
        restore.status?.snapshotLocation = "s3://backups/etcd/orders/nightly-20261121T100000Z.db"
        change(&restore)
        return restore
    }

    static func recovery(_ change: (inout EtcdRecovery) -> Void = { _ in }) -> EtcdRecovery {
        var recovery = EtcdRecovery(
            metadata: ObjectMeta(name: "lost", namespace: "prod"),
            spec: .init(
                clusterRef: "orders", approved: true, recoveryTimeout: "15m",
                destination: Destination(
                    provider: .s3, prefix: "rescue", secretRef: .init(name: "keys"),
                    s3: .init(bucket: "backups", region: "eu-central-1"))), status: .init(phase: .rebuilding))
        recovery.metadata.uid = recoveryTarget.uid
        recovery.metadata.generation = 4
        recovery.status?.attempts = 2
        recovery.status?.layout = .pods
        recovery.status?.survivor = .init(name: "orders-2")
        var kept = EtcdRecovery.RescueCopy(member: "orders-2", location: "s3://backups/rescue/orders/lost-2.db")
        kept.sha256 = "cd34"
        kept.revision = 4711
        recovery.status?.rescueCopies = [
            .init(member: "orders-1", location: "s3://backups/rescue/orders/lost-1.db"), kept,
        ]
        change(&recovery)
        return recovery
    }

    static let backup: EtcdBackup = {
        var backup = EtcdBackup(
            metadata: ObjectMeta(name: "nightly", namespace: "prod"),
            spec: .init(
                clusterRef: "orders",
                destination: Destination(
                    provider: .s3, prefix: "etcd", secretRef: .init(name: "keys"),
                    s3: .init(bucket: "backups", region: "eu-central-1"))), status: .init(phase: .completed))
        backup.status?.snapshot = .init()
        backup.status?.snapshot?.sha256 = "ab12"
        backup.status?.snapshot?.revision = 77
        return backup
    }()

    func etcdCluster(_ name: ObjectName) async -> LookedUp<EtcdCluster> { .absent }
    func secret(_ name: ObjectName) async -> LookedUp<Secret> { .absent }
    func etcdBackup(_ name: ObjectName) async -> LookedUp<EtcdBackup> { backup }
    func etcdBackups() async -> LookedUp<[EtcdBackup]> { .found([]) }
    func etcdRestores(in namespace: String) async -> LookedUp<[EtcdRestore]> { restores }
    func etcdRecoveries(in namespace: String) async -> LookedUp<[EtcdRecovery]> { recoveries }
    func statefulSet(_ name: ObjectName) async -> LookedUp<StatefulSet> { .absent }
    func pods(ofCluster name: ObjectName) async -> LookedUp<[Pod]> { .found([]) }
    func persistentVolumeClaims(in namespace: String) async -> LookedUp<[PersistentVolumeClaim]> { .found([]) }
    func mayGetSecret(_ name: ObjectName, user: UserInfo?) async -> LookedUp<Bool> { .found(true) }
}

/// A pod of the etcd-operator's StatefulSet, with parts replaced.
func memberPod(
    name: String = "orders-0", etcd: String = operatorEtcd,
    volumes: String? = #"[{"name": "etcd-data", "persistentVolumeClaim": {"claimName": "etcd-data-orders-0"}}]"#,
    spec: String = ""
) -> String {
    """
    {"apiVersion": "v1", "kind": "Pod",
     "metadata": {"name": "\(name)", "namespace": "prod", "labels": {"app": "orders", "controller": "orders"}},
     "spec": {\(volumes.map { #""volumes": \#($0), "# } ?? "")\(spec.isEmpty ? "" : spec + ", ")"containers": [\(etcd)]}}
    """
}

let operatorEtcd = """
    {"name": "etcd", "image": "gcr.io/etcd-development/etcd:v3.5.21", "command": ["/usr/local/bin/etcd"],
     "args": ["--name=$(POD_NAME)", "--listen-client-urls=http://0.0.0.0:2379",
       "--initial-advertise-peer-urls=http://$(POD_NAME).orders.$(POD_NAMESPACE).svc.cluster.local:2380"],
     "env": [{"name": "POD_NAME", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}},
             {"name": "POD_NAMESPACE", "valueFrom": {"fieldRef": {"fieldPath": "metadata.namespace"}}}],
     "envFrom": [{"configMapRef": {"name": "orders-state"}}],
     "volumeMounts": [{"name": "etcd-data", "mountPath": "/var/lib/etcd", "subPathExpr": "$(POD_NAME)"}]}
    """

func podReview(
    _ pod: String, namespace: String = "prod", operation: String = "CREATE",
    kind: String = #"{"group":"","version":"v1","kind":"Pod"}"#
) -> Data {
    Data(
        """
        {"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","request":{"uid":"705ab4f5","kind":\(kind),
        "namespace":"\(namespace)","operation":"\(operation)","userInfo":{"username":"controller"},"object":\(pod),
        "oldObject":null,"dryRun":false}}
        """.utf8)
}

func inject(
    _ pod: String = memberPod(), for target: InjectionTarget = injectionTarget,
    asking world: InjectionWorld = InjectionWorld(), image: String? = "etcdrecover:1"
) async throws -> (response: AdmissionReviewResponse.Response, outcome: MemberInjection.Outcome) {
    let (decision, outcome) = try await MemberInjection(
        image: image, now: { Date(timeIntervalSince1970: 1_000_000) }
    ).review(
        podReview(pod), for: target, asking: world)
    return (decision.review.response, outcome)
}

extension AdmissionReviewResponse.Response {
    var operations: [JSONPatchOperation] {
        get throws { try patch.map { try JSONDecoder().decode([JSONPatchOperation].self, from: $0) } ?? [] }
    }

    /// The pod with the patch applied, as far as we patch: `add` of a member or at an array's end.
    func applied(to pod: String) throws -> JSONValue {
        var value = try JSONDecoder().decode(JSONValue.self, from: Data(pod.utf8))
        for operation in try operations {
            let path = operation.path.split(separator: "/").map(String.init)
            value = value.adding(operation.value ?? .null, at: path[...])
        }
        return value
    }
}

extension JSONValue {
    fileprivate func adding(_ value: JSONValue, at path: ArraySlice<String>) -> JSONValue {
        guard let step = path.first else { return value }
        let rest = path.dropFirst()
        switch self {
        case .object(var fields):
            fields[step] = (fields[step] ?? .null).adding(value, at: rest)
            return .object(fields)
        case .array(var elements):
            if let index = Int(step) {
                elements[index] = elements[index].adding(value, at: rest)
            } else {
                elements.append(value)
            }
            return .array(elements)
        default: return value
        }
    }

    subscript(index: Int) -> JSONValue? {
        if case .array(let elements) = self, elements.indices.contains(index) { elements[index] } else { nil }
    }

    /// The element of an array with this name.
    func named(_ name: String) -> JSONValue? {
        if case .array(let elements) = self { elements.first { $0["name"]?.string == name } } else { nil }
    }
}
