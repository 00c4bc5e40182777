import EtcdRecoverModel
import FoundationEssentials
import SnapshotFile

/// Whether a member that is not the first may start on what its volume holds: nothing, or data of the restored cluster,
/// which it has joined before. Anything else is of an earlier life, and would bring that back.
struct StaleData: Sendable {
    let environment: AgentEnvironment

    func check() throws(AgentFailure) {
        let data = environment.identity.dataDirectory
        let log = environment.identity.walDirectory ?? "\(data)/member/wal"
        let files = FileManager.default
        guard files.fileExists(atPath: "\(data)/member") || files.fileExists(atPath: log) else { return }
        guard let expected else {
            throw stale("--initial-cluster does not name the first member, so it cannot be told whose data it is")
        }
        let found: ClusterID?
        do { found = try WALSummary(directory: log).cluster } catch {
            throw stale("its log cannot be read: \(error)")
        }
        guard found == expected else {
            throw stale("it is of cluster \(found.map(\.description) ?? "unknown"), the restored one is \(expected)")
        }
    }

    /// The cluster that the first member's restore makes: its id follows from that member's URLs and the token.
    var expected: ClusterID? {
        let identity = environment.identity
        let suffix = "-\(environment.pod.ordinal)"
        guard identity.name.hasSuffix(suffix) else { return nil }
        let first = identity.name.dropLast(suffix.count) + "-0"
        guard let urls = identity.peerURLs(of: String(first)) else { return nil }
        let cluster = urls.split(separator: ",").map { "\(first)=\($0)" }.joined(separator: ",")
        return try? Membership(
            name: String(first), initialCluster: InitialCluster(cluster), token: environment.token,
            advertised: urls.split(separator: ",").map { try PeerURL(String($0)) }
        ).clusterID
    }

    private func stale(_ why: String) -> AgentFailure {
        AgentFailure(
            .staleMemberData,
            "\(environment.identity.dataDirectory) holds data of an earlier life of this member: \(why). Delete the "
                + "volume claim of pod \(environment.pod.base)-\(environment.pod.ordinal), or move the data away")
    }
}
