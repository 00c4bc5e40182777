import FoundationEssentials

@testable import EtcdRecoverModel

/// A small cluster with known answers. What is not in it is absent.
struct World: Lookup {
    var clusters: [String: LookedUp<EtcdCluster>] = [:]
    var secrets: [String: LookedUp<Secret>] = [:]
    var backups: LookedUp<[EtcdBackup]> = .found([])
    var restores: LookedUp<[EtcdRestore]> = .found([])
    var recoveries: LookedUp<[EtcdRecovery]> = .found([])
    var statefulSets: [String: LookedUp<StatefulSet>] = [:]
    var pods: LookedUp<[Pod]> = .found([])
    var claims: LookedUp<[PersistentVolumeClaim]> = .found([])
    var access: LookedUp<Bool> = .found(true)

    func etcdCluster(_ name: ObjectName) async -> LookedUp<EtcdCluster> { clusters[name.name] ?? .absent }
    func secret(_ name: ObjectName) async -> LookedUp<Secret> { secrets[name.name] ?? .absent }
    func etcdBackups() async -> LookedUp<[EtcdBackup]> { backups }
    func etcdRestores(in namespace: String) async -> LookedUp<[EtcdRestore]> { restores }
    func etcdRecoveries(in namespace: String) async -> LookedUp<[EtcdRecovery]> { recoveries }
    func statefulSet(_ name: ObjectName) async -> LookedUp<StatefulSet> { statefulSets[name.name] ?? .absent }
    func pods(ofCluster name: ObjectName) async -> LookedUp<[Pod]> { pods }
    func persistentVolumeClaims(in namespace: String) async -> LookedUp<[PersistentVolumeClaim]> { claims }
    func mayGetSecret(_ name: ObjectName, user: UserInfo?) async -> LookedUp<Bool> { access }

    func etcdBackup(_ name: ObjectName) async -> LookedUp<EtcdBackup> {
        switch backups {
        case .found(let all):
            all.first { $0.metadata.name == name.name && $0.metadata.namespace == name.namespace }
                .map { .found($0) } ?? .absent
        case .absent: .absent
        case .unavailable(let reason): .unavailable(reason)
        }
    }
}

extension World {
    /// Where every manifest of `Sample` is right.
    static var prod: World {
        var world = World()
        world.clusters["main"] = .found(
            EtcdCluster(metadata: meta("main"), spec: EtcdCluster.Spec(size: 3, version: "v3.5.21")))
        world.secrets["s3"] = .found(secret(["accessKeyID": "AKIAEXAMPLE", "secretAccessKey": "hush-hush"]))
        world.secrets["gcs"] = .found(secret(["serviceAccountJSON": serviceAccount()]))
        world.backups = .found([completed("done")])
        return world
    }

    static func meta(_ name: String, in namespace: String = "prod") -> ObjectMeta {
        ObjectMeta(name: name, namespace: namespace)
    }

    static func secret(_ values: [String: String]) -> Secret {
        Secret(metadata: meta("any"), data: values.mapValues { Data($0.utf8) })
    }

    /// A key file of the form Google gives out; its private key is an empty one.
    static func serviceAccount(_ changes: [String: JSONValue] = [:]) -> String {
        let pem: JSONValue = "-----BEGIN PRIVATE KEY-----\nMAMCAQA=\n-----END PRIVATE KEY-----\n"
        let whole: [String: JSONValue] = [
            "type": "service_account", "project_id": "p", "client_email": "a@p.iam.gserviceaccount.com",
            "private_key": pem, "token_uri": "https://oauth2.googleapis.com/token",
        ]
        return String(decoding: JSONValue.object(whole.merging(changes) { $1 }).jsonBytes, as: UTF8.self)
    }

    static func completed(_ name: String, cluster: String = "main", version: String? = "3.5.21") -> EtcdBackup {
        var backup = EtcdBackup(
            metadata: meta(name),
            spec: EtcdBackup.Spec(clusterRef: cluster, destination: Destination(provider: .s3, s3: .init(bucket: "b"))),
            status: EtcdBackup.Status(phase: .completed))
        backup.status?.snapshotLocation = "s3://b/main/\(name)-20260102T030405Z.db"
        backup.status?.snapshot = version.map { EtcdBackup.Snapshot(etcdVersion: $0) }
        return backup
    }

    /// A backup elsewhere in the cluster.
    static func backup(
        _ name: String, in namespace: String, cluster: String, bucket: String = "snapshots", prefix: String?,
        retainCount: Int32 = 0, phase: EtcdBackup.Phase? = nil
    ) -> EtcdBackup {
        EtcdBackup(
            metadata: meta(name, in: namespace),
            spec: EtcdBackup.Spec(
                clusterRef: cluster,
                destination: Destination(provider: .s3, prefix: prefix, s3: .init(bucket: bucket)),
                retention: .init(retainCount: retainCount)),
            status: phase.map { EtcdBackup.Status(phase: $0) })
    }

    static func restore(
        _ name: String, into target: String, phase: EtcdRestore.Phase?, created: String? = nil
    ) -> EtcdRestore {
        var restore = EtcdRestore(
            metadata: meta(name), spec: .init(target: .init(name: target)), status: phase.map { .init(phase: $0) })
        restore.metadata.creationTimestamp = created.map(Timestamp.init)
        return restore
    }

    static func recovery(
        _ name: String, of cluster: String, phase: EtcdRecovery.Phase?, created: String? = nil
    ) -> EtcdRecovery {
        var recovery = EtcdRecovery(
            metadata: meta(name), spec: .init(clusterRef: cluster), status: phase.map { .init(phase: $0) })
        recovery.metadata.creationTimestamp = created.map(Timestamp.init)
        return recovery
    }
}
