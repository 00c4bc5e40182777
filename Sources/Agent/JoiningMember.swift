import EtcdRecoverModel
import FoundationEssentials
import SnapshotFile

/// A member that is not laid, and joins the cluster that was. After a recovery, what it has of the lost cluster is moved
/// aside; a restored cluster's member must not have anything.
struct JoiningMember: Sendable {
    let environment: AgentEnvironment

    func pass() throws(AgentFailure) -> AgentReport {
        let ordinal = environment.pod.ordinal
        let stale = StaleData(environment: environment)
        guard environment.order.recovery != nil else {
            try stale.check()
            return AgentReport(
                .passed, message: "member \(ordinal) joins the restored cluster with no data of its own")
        }
        let data = environment.identity.dataDirectory
        if let why = try stale.otherLife() {
            guard !environment.isOver else {
                throw stale.stale("\(why), and \(environment.order.owner), which could move it aside, is over")
            }
            try moveAside()
        }
        Inbox.removeLeftovers(inDataDirectory: data)
        var report = AgentReport(.passed, message: "member \(ordinal) joins the recovered cluster")
        report.movedAside = try environment.movedAside()
        if let moved = report.movedAside {
            report.message += "; what it had of an earlier life is whole in \(moved.joined(separator: " and "))"
        }
        return report
    }

    private func moveAside() throws(AgentFailure) {
        let identity = environment.identity
        let inbox = try Inbox(inDataDirectory: identity.dataDirectory)
        defer { inbox.remove() }
        do throws(RestoreError) {
            try Restore.displace(
                dataDirectory: identity.dataDirectory, walDirectory: identity.walDirectory, as: environment.asideName)
        } catch {
            throw AgentFailure(error, from: identity.dataDirectory)
        }
    }
}

extension AgentEnvironment {
    /// What this order, or an earlier attempt of its recovery, has moved aside; nil where there is nothing.
    func movedAside() throws(AgentFailure) -> [String]? {
        guard order.recovery != nil else { return nil }
        var all: [String] = []
        for name in [asideName] + earlierAsideNames { all += try movedAside(as: name) }
        return all.isEmpty ? nil : all
    }

    func movedAside(as name: String) throws(AgentFailure) -> [String] {
        do throws(RestoreError) {
            return try Restore.displaced(
                dataDirectory: identity.dataDirectory, walDirectory: identity.walDirectory, as: name)
        } catch {
            throw AgentFailure(error, from: identity.dataDirectory)
        }
    }
}
