import ClusterAccess
import EtcdClient
import EtcdRecoverModel
import KubernetesClient

/// Asks all members of a recovered cluster what they have, and compares: with each other, and with what was kept.
struct RecoveryVerification: Sendable {
    let client: KubernetesClient
    let dial: MemberDial

    struct Outcome: Sendable {
        var verification: EtcdRecovery.Verification
        var message: String
    }

    /// Throws what may pass while a member is not ready yet, and `verificationFailed` where they differ.
    func run(_ recovery: EtcdRecovery, size: Int) async throws -> Outcome {
        let cluster = try await ClusterLocator(client, namespace: recovery.metadata.namespace ?? "")
            .locate(recovery.target)
        let endpoints = cluster.members.filter { $0.trouble == nil }.compactMap(dial.endpoint)
        guard endpoints.count == size else {
            throw Failure(
                reason: .membersUnreachable, message: "\(endpoints.count) of \(size) members run", mayPass: true)
        }
        return try await cluster.withEtcd(at: endpoints, deadline: .seconds(60)) { etcd in
            var outcome = try Self.compare(try await etcd.observeMembers(hashing: true), recovery)
            try await Self.compareWithCopy(etcd.at(endpoints[0]), recovery, &outcome)
            return outcome
        }
    }

    static func compare(_ observations: [MemberObservation], _ recovery: EtcdRecovery) throws -> Outcome {
        let answers = try observations.map { try $0.status.get() }
        guard Set(answers.map(\.header.cluster)).count == 1, let cluster = answers.first?.header.cluster else {
            throw problem("the members are of \(Set(answers.map(\.header.cluster)).count) clusters")
        }
        let hashes = try observations.compactMap { try $0.hash?.get() }
        // One that has not compacted yet, or lags, is asked again.
        guard hashes.count == answers.count, Set(hashes.map(\.hash)).count == 1, let hash = hashes.first else {
            throw Failure(
                reason: .verificationFailed, message: "the members' HashKV are not the same yet", mayPass: true)
        }
        let revision = answers.map(\.header.revision.rawValue).min() ?? 0
        if let kept = recovery.status?.survivor?.revision, revision < kept {
            throw problem("the members are at revision \(revision), and \(kept) was to be kept")
        }
        var verification = EtcdRecovery.Verification()
        verification.clusterID = cluster.description
        verification.members = Int64(answers.count)
        verification.revision = revision
        verification.keyspaceHash = Int64(hash.hash)
        return Outcome(
            verification: verification,
            message: "\(answers.count) members of one cluster with the same HashKV \(hash.hash) at revision \(revision)"
        )
    }

    /// What was written since is behind the copy's revision, where the hash is still the same.
    private static func compareWithCopy(
        _ member: EtcdClient, _ recovery: EtcdRecovery, _ outcome: inout Outcome
    ) async throws {
        let copy = recovery.status?.rescueCopies?.first { $0.member == recovery.status?.survivor?.name }
        guard let copy, let revision = copy.revision, let expected = copy.keyspaceHash else { return }
        let hash: KeyspaceHash
        do { hash = try await member.hashKV(at: Revision(rawValue: max(1, revision))) } catch let error as EtcdError
            where error.kind == .compacted
        { return }
        guard hash.compactRevision?.rawValue == copy.compactRevision else { return }
        guard Int64(hash.hash) == expected else {
            throw problem("HashKV at revision \(revision) is \(hash.hash), and the survivor's was \(expected)")
        }
        outcome.verification.matches = true
        outcome.message += ", at revision \(revision) the survivor's"
    }

    private static func problem(_ text: String) -> Failure {
        Failure(reason: .verificationFailed, message: text, mayPass: false)
    }
}
