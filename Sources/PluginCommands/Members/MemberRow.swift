import EtcdClient

/// What is known of one member: its entry in the cluster's list, its own answer, or why there is none.
struct MemberRow: Sendable {
    enum State: String, Sendable {
        case answers, unreachable
        /// Added, but never started.
        case unstarted
        /// Only listed: the endpoints given do not lead to it.
        case unasked
    }

    /// Nil when nobody says which member is behind an endpoint that does not answer.
    var id: MemberID?
    /// Nil when no list has it.
    var member: Member?
    var status: MemberStatus?
    /// Where it was asked, as a person calls it.
    var place: String?
    var endpoint: EtcdEndpoint?
    var latency: Duration?
    var alarms: [Alarm] = []
    /// Why it gave no answer, or what else is odd about it.
    var trouble: String?

    var state: State {
        if status != nil { return .answers }
        if let member, !member.isStarted { return .unstarted }
        return trouble == nil ? .unasked : .unreachable
    }

    var name: String { member.map(\.name).flatMap { $0.isEmpty ? nil : $0 } ?? "" }
    var isLearner: Bool { member?.isLearner ?? status?.isLearner ?? false }

    /// What it has to complain of apart from alarms.
    var errors: [String] { status.map { status in status.errors.filter { !$0.contains("alarm:") } } ?? [] }
}

extension MemberRow {
    /// A row for each member of the newest list, then for each answer and each failure that belongs to none of them.
    static func rows(
        _ observations: [MemberObservation], through access: EtcdAccess, discovers: Bool
    ) -> [MemberRow] {
        var open = observations
        var unreachable = access.links.filter { $0.endpoint == nil }
        let members = observations.newestList.sorted {
            ($0.name.count, $0.name, $0.id) < ($1.name.count, $1.name, $1.id)
        }
        let alarms = Set(observations.compactMap(\.answer).flatMap(\.alarms))
        var rows = members.map { member in
            var row = MemberRow(id: member.id, member: member)
            if let index = open.firstIndex(where: { $0.answer?.header.member == member.id }) {
                row.fill(from: open[index], access)
                open.removeAll { $0.answer?.header.member == member.id }
            } else if let index = open.firstIndex(where: { $0.isFailure(of: member, access) }) {
                row.fill(from: open.remove(at: index), access)
                open.removeAll { $0.isFailure(of: member, access) }
            } else if let index = unreachable.firstIndex(where: { $0.name == member.name }) {
                let link = unreachable.remove(at: index)
                (row.place, row.trouble) = (link.name, link.whyNot)
            } else if member.isStarted, access.isComplete {
                row.trouble = "\(member.name): it has no pod"
            } else if member.isStarted, access.reachesAdvertised, discovers {
                // All others were asked.
                row.trouble = "\(member.name): it advertises no URL that is encrypted, and is not asked"
            }
            row.alarms = alarms.filter { $0.member == member.id }.sorted { $0.description < $1.description }
            return row
        }
        for observation in open {
            var row = MemberRow(id: observation.answer?.header.member)
            row.fill(from: observation, access)
            if row.status != nil, !members.isEmpty { row.trouble = "the others' list of members does not have it" }
            rows.append(row)
        }
        return rows + unreachable.map { MemberRow(place: $0.name, trouble: $0.whyNot) }
    }

    private mutating func fill(from observation: MemberObservation, _ access: EtcdAccess) {
        (place, endpoint) = (access.name(of: observation.endpoint), observation.endpoint)
        switch observation.status {
        case .success(let answer):
            status = answer
            latency = observation.latency
        case .failure(let error): trouble = access.describe(error, at: observation.endpoint)
        }
    }
}

extension MemberObservation {
    /// Whether this is an attempt at `member` that failed: at a URL of its, or at the pod of its name.
    fileprivate func isFailure(of member: Member, _ access: EtcdAccess) -> Bool {
        failure != nil
            && (member.clientURLs.contains(endpoint.url)
                || (!access.reachesAdvertised && access.name(of: endpoint) == member.name))
    }
}
