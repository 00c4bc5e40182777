import ClusterAccess
import EtcdRecoverModel
import FoundationEssentials
import KubernetesClient

/// The EtcdRecoveries of a namespace, as the commands about them find, make and change them.
struct RecoveryObjects: Sendable {
    var client: KubernetesClient
    var console: Console

    private static let options = WriteOptions(fieldManager: "kubectl-etcdrecover")

    private func all() async throws -> [EtcdRecovery] {
        try await client.list(EtcdRecovery.self, in: .namespace(client.configuration.namespace)).items
            .sorted { $0.created > $1.created }
    }

    /// The one that has not ended.
    func unfinished(of cluster: String) async throws -> EtcdRecovery? {
        try await all().first { $0.clusterName == cluster && $0.status?.phase?.isTerminal != true }
    }

    /// `text` is a recovery's name, with `recovery/` in front or not, or a cluster, of which the newest is taken that
    /// `isMeant`. Throws where there is none, in the words of `missing`.
    func find(_ text: String, _ missing: String, where isMeant: (EtcdRecovery) -> Bool) async throws -> EtcdRecovery {
        let all = try await all()
        let target = WaitTarget(text)
        if let named = all.first(where: { $0.metadata.name == (target?.kind == .recovery ? target?.name : text) }) {
            return named
        }
        guard target == nil, let cluster = EtcdTarget(text)?.clusterName,
            let found = all.first(where: { $0.clusterName == cluster && isMeant($0) })
        else {
            throw CommandFailure(
                "\(missing) \(text) in namespace \(client.configuration.namespace)",
                hint: "kubectl etcdrecover recover list -n \(client.configuration.namespace) shows what there is")
        }
        return found
    }

    func get(_ name: String) async throws -> EtcdRecovery { try await client.get(name: name) }

    /// Judged by the rules first, as every object is that the plugin makes. It changes nothing by itself.
    func create(_ recovery: EtcdRecovery, warnings: ShownWarnings) async throws -> EtcdRecovery {
        var creation = Creation(object: recovery)
        creation.object.metadata.namespace = client.configuration.namespace
        let name = recovery.metadata.name ?? ""
        let findings = try await creation.findings(asking: ClusterLookup(client))
        try Creation<EtcdRecovery>.judge(findings, name: name, warnings: warnings, console: console)
        _ = try await creation.send(to: client, dryRun: false)
        return try await get(name)
    }

    /// Asks for another survivor or place. What was approved before is taken back, since it was about something else.
    func amend(_ recovery: EtcdRecovery, survivor: String?, destination: Destination?) async throws -> EtcdRecovery {
        var changes: [JSONPatchOperation] = []
        if let survivor, survivor != recovery.spec?.survivor {
            changes.append(.add("/spec/survivor", .string(survivor)))
        }
        if let destination, destination.defaulted != recovery.spec?.destination?.defaulted {
            let json = try JSONDecoder().decode(JSONValue.self, from: JSONEncoder().encode(destination))
            changes.append(.add("/spec/destination", json))
        }
        guard !changes.isEmpty else { return recovery }
        if recovery.spec?.approved == true {
            _ = try await decide(recovery, ["approved": false, "approvedDigest": .null])
        }
        return try await client.patch(name: recovery.metadata.name ?? "", with: .json(changes), options: Self.options)
    }

    func approve(_ recovery: EtcdRecovery, digest: String) async throws -> EtcdRecovery {
        try await decide(recovery, ["approved": true, "approvedDigest": .string(digest)])
    }

    func decide(_ recovery: EtcdRecovery, _ fields: [String: JSONValue]) async throws -> EtcdRecovery {
        try await client.patch(
            name: recovery.metadata.name ?? "", with: .merge(JSONValue.object(["spec": .object(fields)])),
            options: Self.options)
    }

    /// Where the cluster's newest completed backup went: rescue copies go there where the recovery names no place. Nil also
    /// where backups may not be listed; then the controller's message is all there is.
    func backedUpTo(_ cluster: String) async -> Destination? {
        let backups = try? await client.list(EtcdBackup.self, in: .namespace(client.configuration.namespace)).items
        return backups?.filter { $0.spec?.clusterRef == cluster && $0.status?.phase == .completed }
            .max { ($0.status?.completionTime?.rawValue ?? "") < ($1.status?.completionTime?.rawValue ?? "") }?
            .spec?.destination
    }
}

extension EtcdRecovery {
    fileprivate var created: String { metadata.creationTimestamp?.rawValue ?? "" }
}
