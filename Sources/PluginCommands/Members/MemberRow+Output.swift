import EtcdClient
import EtcdRecoverModel

extension ClusterSurvey {
    var table: Table {
        Table(
            columns: [
                "ID", "NAME", "STATUS", "ROLE", "VERSION", "DB SIZE", "TERM", "INDEX", "APPLIED", "CLIENT URLS",
                "PEER URLS",
                "ERRORS",
            ],
            rows: rows.map { row in row.cells.map { $0.printable() } })
    }

    /// A contract: fields may be added. What is not known is absent.
    var json: JSONValue {
        .object(present: [
            "clusterID": answered.first?.answer.map { .string("\($0.header.cluster)") },
            "leader": rows.compactMap { $0.status }.max { $0.raftTerm < $1.raftTerm }?.leader.map { .string("\($0)") },
            "members": .array(rows.map(\.json)),
        ])
    }
}

extension MemberRow {
    /// A name, an id, or where it was looked for.
    var title: String { name.isEmpty ? id.map { "\($0)" } ?? place ?? "a member" : name }

    var role: String {
        if isLearner { return "learner" }
        guard let status else { return member == nil ? "" : "voter" }
        return status.isLeader ? "leader" : status.leader == nil ? "no leader" : "follower"
    }

    fileprivate var cells: [String] {
        let nameOrPlace = name.isEmpty && member == nil ? place ?? "" : name
        var cells = [id?.description ?? "", nameOrPlace, state.rawValue, role]
        if let status {
            cells += [status.version, status.databaseSize.binarySize]
            cells += [status.raftTerm, status.raftIndex, status.raftAppliedIndex].map(\.description)
        } else {
            cells += ["", "", "", "", ""]
        }
        cells.append(member?.clientURLs.joined(separator: ",") ?? place ?? "")
        cells.append(member?.peerURLs.joined(separator: ",") ?? "")
        cells.append((alarms.map(\.kind.rawValue) + errors).joined(separator: "; "))
        return cells
    }

    var json: JSONValue {
        .object(present: [
            "id": id.map { .string("\($0)") }, "name": .string(name), "status": .string(state.rawValue),
            "isLearner": .bool(isLearner), "isLeader": status.map { .bool($0.isLeader) },
            "peerURLs": member.map { .array($0.peerURLs.map { .string($0) }) },
            "clientURLs": member.map { .array($0.clientURLs.map { .string($0) }) },
            "endpoint": place.map { .string($0) }, "version": status.map { .string($0.version) },
            "storageVersion": status?.storageVersion.map { .string($0) },
            "dbSize": status.map { .int($0.databaseSize) }, "dbSizeInUse": status.map { .int($0.databaseSizeInUse) },
            "dbQuota": status?.databaseQuota.map { .int($0) },
            "leader": status?.leader.map { .string("\($0)") },
            "raftTerm": status.map { .int(Int64(clamping: $0.raftTerm)) },
            "raftIndex": status.map { .int(Int64(clamping: $0.raftIndex)) },
            "raftAppliedIndex": status.map { .int(Int64(clamping: $0.raftAppliedIndex)) },
            "revision": status.map { .int($0.header.revision.rawValue) },
            "latencySeconds": latency.map { .double($0.inSeconds) },
            "alarms": .array(alarms.map { .string($0.kind.rawValue) }), "errors": .array(errors.map { .string($0) }),
            "trouble": trouble.map { .string($0) },
        ])
    }
}

extension Duration {
    /// Rounded to a tenth of a millisecond.
    var inSeconds: Double { ((self / .microseconds(100)).rounded()) / 10_000 }
}
