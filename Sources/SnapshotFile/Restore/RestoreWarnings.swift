/// What is right as such and yet surprises after a restore.
struct RestoreWarnings {
    let plan: RestorePlan
    let inherited: Inheritance

    /// Data loss first.
    var all: [String] {
        [
            inherited.missingEntries?.description, hash, token, localURLs, version, alarms, revision, authentication,
            encryption, leases, leftovers,
        ].compactMap(\.self)
    }

    private var hash: String? {
        guard plan.request.skipsHashCheck else { return nil }
        return plan.source.trailer == nil
            ? "the file has no SHA-256: its pages are consistent, but a changed value would not be noticed"
            : "the SHA-256 at the end of the file was not compared"
    }

    private var token: String? {
        guard plan.membership.token == Membership.usualToken || plan.membership.token.isEmpty else { return nil }
        return
            "the token \"\(plan.membership.token)\" is one that many clusters have: a member of the old cluster with the same "
            + "peer URLs that still runs could join the new one. Restore with an --initial-cluster-token of its own"
    }

    private var localURLs: String? {
        guard plan.membership.members.count > 1 else { return nil }
        let local = plan.membership.members.filter { $0.peerURLs.allSatisfy(\.isLocal) }
        guard !local.isEmpty else { return nil }
        return "the peer URLs of \(local.map(\.name).sorted().joined(separator: ", ")) reach this machine only"
    }

    private var version: String? {
        guard let newer = plan.versions.newer, let target = plan.request.targetVersion else { return nil }
        let distance = newer.minor - target.minor
        return "the data was written by etcd \(newer); what it records of that was taken out for etcd \(target)"
            + (distance > 1 ? ", although etcd supports going back by one minor version only" : "")
    }

    private var alarms: String? {
        guard !inherited.alarms.isEmpty, !plan.request.disarmsAlarms else { return nil }
        let told = inherited.alarms.prefix(5).map { "\($0.kind) of member \($0.member)" }.joined(separator: ", ")
        return "active alarms come back with the data (\(told)): the cluster refuses writes until they are disarmed"
    }

    private var revision: String? {
        guard inherited.isKubernetes, plan.revisions.old == plan.revisions.new else { return nil }
        return "the data is that of a Kubernetes API server, whose clients remember later revisions: "
            + "--bump-revision with --mark-compacted makes them list anew"
    }

    private var authentication: String? {
        inherited.isAuthEnabled ? "authentication is on, with the users and passwords of the snapshot" : nil
    }

    private var encryption: String? {
        guard inherited.encryptedKeys > 0 else { return nil }
        return "values that a Kubernetes API server has encrypted: \(inherited.encryptedKeys). It needs the "
            + "EncryptionConfiguration of that time to read them"
    }

    private var leases: String? {
        guard inherited.leasedKeys > 0 else { return nil }
        return
            "keys bound to a lease: \(inherited.leasedKeys). Leases start anew: whoever kept them alive must go on, or they expire"
    }

    private var leftovers: String? {
        guard !plan.target.leftovers.isEmpty, !plan.request.removesLeftovers else { return nil }
        let told = plan.target.leftovers.map { "\($0) (\(Files.size($0)) bytes)" }.joined(separator: ", ")
        return "left by a restore that was killed, and safe to remove: \(told)"
    }
}
