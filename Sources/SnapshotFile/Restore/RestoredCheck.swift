/// Reads what a restore wrote, as etcd will, and compares it with what was meant.
struct RestoredCheck {
    let plan: RestorePlan
    let log: RestoredLog
    let meta: Meta

    func run(_ staging: Staging) throws {
        let files = staging.writtenFiles(of: log)
        do {
            try checkDatabase(Database(path: staging.database))
            try checkLog(MappedFile(path: files.wal))
            try checkSnap(MappedFile(path: files.snap))
        } catch let finding as Finding {
            throw RestoreError.unfaithful(finding.description)
        }
    }

    private func checkDatabase(_ database: Database) throws {
        try expect(database.meta == meta && database.trailer == nil, "the database's meta page")
        let written = try ClusterMetadata(database)
        try expect(written.consistentIndex == log.index && written.term == RestoredLog.term, "the consistent index")
        let members = Dictionary(uniqueKeysWithValues: written.members.map { ($0.id, $0) })
        try expect(members.count == plan.membership.members.count && written.removedMembers.isEmpty, "the members")
        for member in plan.membership.members {
            let stored = members[member.id]
            try expect(
                stored?.name == member.name && stored?.peerURLs == member.peerURLs.map(\.description),
                "member \(member.id)")
        }
        try expect(written.alarms == (plan.request.disarmsAlarms ? [] : plan.metadata.alarms), "the alarms")
        try expect(written.isAuthEnabled == plan.metadata.isAuthEnabled, "the authentication")
        let keyspace = try Keyspace(database)
        try expect(keyspace.revision == plan.revisions.new, "the revision")
        var names: [String] = []
        try database.forEachBucket { names.append($0.name.text) }
        var before: Set<String> = ["cluster", "members", "members_removed", "meta"]
        try plan.source.forEachBucket { before.insert($0.name.text) }
        try expect(names == before.sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) }, "the buckets")
    }

    private func checkLog(_ file: MappedFile) throws {
        var reader = WALReader()
        try withExtendedLifetime(file) { try reader.read(file.bytes, named: log.walName, isLast: false) }
        let summary = reader.summary
        let last = WALSummary.Position(index: log.index, term: RestoredLog.term)
        try expect(
            summary.member == plan.membership.local.id && summary.cluster == plan.membership.clusterID
                && summary.lastEntry == last && summary.lastSnapshot == last
                && summary.hardState?.commit == log.index && summary.entries == plan.membership.members.count,
            "the write-ahead log")
    }

    private func checkSnap(_ file: MappedFile) throws {
        let snapshot = try withExtendedLifetime(file) { try RaftSnapshot(file.bytes) }
        try expect(
            snapshot.index == log.index && snapshot.term == RestoredLog.term
                && snapshot.voters == plan.membership.members.map(\.id), "the raft snapshot")
    }

    private func expect(_ holds: Bool, _ what: String) throws(RestoreError) {
        guard holds else { throw .unfaithful(what) }
    }
}
