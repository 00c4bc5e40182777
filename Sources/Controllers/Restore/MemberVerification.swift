import ClusterAccess
import EtcdClient
import EtcdRecoverModel
import KubernetesClient
import ObjectStore

/// Asks the restored member what it has, and compares.
struct MemberVerification: Sendable {
    let client: KubernetesClient
    let dial: MemberDial

    struct Outcome: Sendable {
        var verification: EtcdRestore.Verification
        var message: String
    }

    /// Throws what may pass while the member is not ready yet, and `verificationFailed` when it has something else.
    func run(_ restore: EtcdRestore, source: RestoreSource, report: AgentReport?) async throws -> Outcome {
        let cluster = try await ClusterLocator(client, namespace: restore.metadata.namespace ?? "")
            .locate(.etcdCluster(restore.targetName))
        guard let first = cluster.members.first(where: { $0.pod == "\(restore.targetName)-0" }),
            first.trouble == nil, let endpoint = dial.endpoint(first)
        else {
            throw Failure(
                reason: .memberNotRestored, message: "the restored member is not up yet", mayPass: true)
        }
        do {
            return try await cluster.withEtcd(at: [endpoint]) { etcd in
                try await compare(etcd, restore, source, report)
            }
        } catch {
            throw explained(error, restore)
        }
    }

    /// The data brought the users along; the next look may find a login that they have.
    private func explained(_ error: any Error, _ restore: EtcdRestore) -> any Error {
        guard let error = error as? EtcdError,
            [.authenticationNeeded, .authenticationFailed, .permissionDenied].contains(error.kind)
        else { return error }
        return Failure(
            reason: .etcdAccessDenied,
            message: "authentication is on in what was restored, and nothing can be compared: annotate EtcdCluster "
                + "\(restore.targetName) with \(ClusterLocator.authAnnotation): SECRET, which has a root user's username "
                + "and password (\(error))", mayPass: true)
    }

    private func compare(
        _ member: EtcdClient, _ restore: EtcdRestore, _ source: RestoreSource, _ report: AgentReport?
    ) async throws -> Outcome {
        let status = try await member.status()
        var found = EtcdRestore.Verification()
        found.revision = status.header.revision.rawValue
        let recorded = source.backup?.status?.snapshot
        let revision = report?.member?.revision ?? recorded?.revision
        var problems: [String] = []
        var proofs: [String] = []
        if let revision, status.header.revision.rawValue < revision {
            problems.append("it is at revision \(status.header.revision.rawValue), and \(revision) was restored")
        }
        if let revision {
            found.totalKeys = try await unlessCompacted {
                try await member.within(.seconds(60)).count(
                    .all, at: Revision(rawValue: max(1, revision)), isSerializable: true)
            }
            if let keys = report?.member?.keys ?? recorded?.totalKeys, let total = found.totalKeys {
                if keys == total {
                    proofs.append("\(keys) keys")
                } else {
                    problems.append("it has \(total) keys, and \(keys) were restored")
                }
            }
        }
        // A raised revision has everything before compacted away, the hash with it.
        if (restore.spec?.target?.revisionBump ?? 0) == 0, let revision = recorded?.revision {
            let hash = try await unlessCompacted {
                try await member.within(.seconds(60)).hashKV(at: Revision(rawValue: max(1, revision)))
            }
            found.keyspaceHash = hash.map { Int64($0.hash) }
            if let expected = recorded?.keyspaceHash, let hash,
                hash.compactRevision?.rawValue == recorded?.compactRevision
            {
                if Int64(hash.hash) == expected {
                    proofs.append("HashKV \(hash.hash) at revision \(revision)")
                } else {
                    problems.append(
                        "its HashKV at revision \(revision) is \(hash.hash), and the backup's was \(expected)")
                }
            }
        }
        guard problems.isEmpty else {
            throw Failure(
                reason: .verificationFailed,
                message: "the member started, and has not what was backed up: " + problems.joined(separator: "; "),
                mayPass: false)
        }
        found.matches = proofs.isEmpty ? nil : true
        return Outcome(
            verification: found, message: message(restore, found, proofs, report))
    }

    /// Nil of a revision that the member has compacted away since. Any other failure is no verification: it may pass.
    private func unlessCompacted<Value>(_ ask: () async throws -> Value) async throws -> Value? {
        do { return try await ask() } catch let error as EtcdError where error.kind == .compacted { return nil }
    }

    private func message(
        _ restore: EtcdRestore, _ found: EtcdRestore.Verification, _ proofs: [String], _ report: AgentReport?
    ) -> String {
        var parts = ["EtcdCluster \(restore.targetName) runs at revision \(found.revision ?? 0)"]
        let nothing =
            found.totalKeys == nil
            ? "the revision to compare at is compacted away" : "nothing was recorded to compare with"
        parts.append(proofs.isEmpty ? nothing : "the same " + proofs.joined(separator: " and "))
        if let inherited = report?.inherited {
            if inherited.authEnabled { parts.append("authentication is on, with the users of that time") }
            if !inherited.alarms.isEmpty {
                parts.append("alarms came along: " + inherited.alarms.joined(separator: ", "))
            }
            if inherited.encryptedValues > 0 {
                parts.append("\(inherited.encryptedValues) values need the API server's encryption key of that time")
            }
        }
        return parts.joined(separator: "; ")
    }
}
