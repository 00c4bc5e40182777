import EtcdClient
import EtcdRecoverModel

/// The health of all members.
struct HealthReport: Sendable {
    var members: [MemberHealth]

    var asked: [MemberHealth] { members.filter { $0.row.state != .unasked } }
    var isHealthy: Bool { !asked.isEmpty && asked.allSatisfy { $0.problems.isEmpty } }

    var table: Table {
        Table(
            columns: ["NAME", "HEALTH", "ROLE", "OWN READ", "QUORUM READ", "DB SIZE", "QUOTA", "ENDPOINT"],
            rows: members.map { member in
                let row = member.row
                return [
                    row.title, row.state == .unasked ? "unasked" : member.problems.isEmpty ? "healthy" : "unhealthy",
                    row.role, member.localRead?.text ?? "", member.quorumRead?.text ?? "",
                    row.status.map { $0.databaseSize.binarySize } ?? "", member.quotaText,
                    row.place ?? row.member?.clientURLs.joined(separator: ",") ?? "",
                ].map { $0.printable() }
            })
    }

    /// What a table has no room for, a line each.
    var details: [String] {
        members.flatMap { member in
            let trouble = member.row.status == nil ? member.row.trouble.map { ["\($0)"] } ?? [] : []
            return member.problems.map { "\(member.row.title) \($0)" } + trouble.map { "  \($0)" }
                + member.warnings.map { "\(member.row.title): \($0)" }
        }
    }

    var failure: CommandFailure? {
        guard !isHealthy else { return nil }
        let healthy = asked.filter { $0.problems.isEmpty }.count
        return CommandFailure(
            "\(healthy) of \(asked.count) members \(healthy == 1 ? "is" : "are") healthy",
            hint: "whether it can still decide anything says: kubectl etcdrecover quorum")
    }

    /// A contract: fields may be added. What is not known is absent.
    var json: JSONValue {
        [
            "healthy": .bool(isHealthy),
            "members": .array(
                members.map { member in
                    guard case .object(var fields) = member.row.json else { return .null }
                    fields["healthy"] = .bool(member.problems.isEmpty && member.row.state != .unasked)
                    fields["ownRead"] = member.localRead?.json
                    fields["quorumRead"] = member.quorumRead?.json
                    fields["problems"] = .array(member.problems.map { .string($0) })
                    fields["warnings"] = .array(member.warnings.map { .string($0) })
                    return .object(fields)
                }),
        ]
    }
}

extension MemberHealth {
    fileprivate var quotaText: String {
        guard let status = row.status, let quota = status.databaseQuota, quota > 0 else { return "" }
        return "\(Int(Double(status.databaseSize) / Double(quota) * 100))% of \(quota.binarySize)"
    }
}

extension MemberHealth.Read {
    fileprivate var text: String {
        switch self {
        case .answered(let time): "\((time.inSeconds * 10_000).rounded() / 10)ms"
        case .failed: "fails"
        }
    }

    fileprivate var json: JSONValue {
        switch self {
        case .answered(let time): ["answered": true, "seconds": .double(time.inSeconds)]
        case .failed(let reason): ["answered": false, "error": .string(reason)]
        }
    }
}
