import ClusterAccess
import EtcdClient
import EtcdRecoverModel
import HTTP
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
            throw RestoreFailure(
                reason: .memberNotRestored, message: "the restored member is not up yet", mayPass: true)
        }
        let etcd = try EtcdClient(
            EtcdClient.Configuration(
                endpoints: [endpoint], tls: cluster.tls.options, login: cluster.login, proxy: .none))
        let result: Result<Outcome, any Error>
        do { result = .success(try await compare(etcd.at(endpoint), restore, source, report)) } catch {
            result = .failure(error)
        }
        await etcd.shutdown()
        return try result.get()
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
            found.totalKeys = try? await member.within(.seconds(60)).count(.all, at: Revision(rawValue: revision))
            if let keys = report?.member?.keys, let total = found.totalKeys {
                if keys == total {
                    proofs.append("\(keys) keys")
                } else {
                    problems.append("it has \(total) keys, and \(keys) were restored")
                }
            }
        }
        // A raised revision has everything before compacted away, the hash with it.
        if (restore.spec?.target?.revisionBump ?? 0) == 0, let revision = recorded?.revision {
            let hash = try? await member.within(.seconds(60)).hashKV(at: Revision(rawValue: revision))
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
            throw RestoreFailure(
                reason: .verificationFailed,
                message: "the member started, and has not what was backed up: " + problems.joined(separator: "; "),
                mayPass: false)
        }
        found.matches = proofs.isEmpty ? nil : true
        return Outcome(
            verification: found, message: message(restore, found, proofs, report))
    }

    private func message(
        _ restore: EtcdRestore, _ found: EtcdRestore.Verification, _ proofs: [String], _ report: AgentReport?
    ) -> String {
        var parts = ["EtcdCluster \(restore.targetName) runs at revision \(found.revision ?? 0)"]
        parts.append(
            proofs.isEmpty ? "nothing was recorded to compare with" : "the same " + proofs.joined(separator: " and "))
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
