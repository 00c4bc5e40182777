import EtcdRecoverModel
import FoundationEssentials
import SnapshotFile

/// Whether a member that is not the first may start on what its volume holds: nothing, or data of the cluster that was
/// laid, which it has joined before. Anything else is of an earlier life, and would bring that back.
struct StaleData: Sendable {
    let environment: AgentEnvironment

    func check() throws(AgentFailure) {
        if let why = try otherLife() { throw stale(why) }
    }

    /// Why the data are of another life; nil where they are not. Throws where it cannot be told.
    func otherLife() throws(AgentFailure) -> String? {
        let data = environment.identity.dataDirectory
        let log = environment.identity.walDirectory ?? "\(data)/member/wal"
        let files = FileManager.default
        guard files.fileExists(atPath: "\(data)/member") || files.fileExists(atPath: log) else { return nil }
        guard hasLog(log) else {
            return "it has no log, so that it never was a member that took part: an etcd that ended while it began"
        }
        guard let expected else {
            throw stale("--initial-cluster does not name the first member, so it cannot be told whose data it is")
        }
        let found: ClusterID?
        do { found = try WALSummary(directory: log).cluster } catch {
            // Perhaps why the cluster was lost.
            guard knowsOtherMembers("\(data)/member/snap/db") else { throw stale("its log cannot be read: \(error)") }
            return "its log cannot be read, and its database is of another cluster (\(error))"
        }
        guard let found else { throw stale("its log does not say of which cluster it is") }
        return found == expected.clusterID ? nil : "it is of cluster \(found), the new one is \(expected.clusterID)"
    }

    /// Whether a database lists members, and not the first one of the cluster that was laid, which is none of another's: ids are
    /// made with the cluster's token. Whoever joins lists it before it lists itself.
    private func knowsOtherMembers(_ path: String) -> Bool {
        guard let expected, let database = try? Database(path: path), let metadata = try? ClusterMetadata(database)
        else { return false }
        return !metadata.members.isEmpty && !metadata.members.contains { $0.id == expected.local.id }
    }

    /// Etcd makes the whole directory under another name, and renames it when it can be read.
    private func hasLog(_ directory: String) -> Bool {
        let url = URL(filePath: directory)
        let siblings = try? FileManager.default.contentsOfDirectory(atPath: url.deletingLastPathComponent().path)
        // What cannot be looked at may be there.
        return siblings?.contains(url.lastPathComponent) ?? true
    }

    /// The cluster that is made of the first member: its ids follow from that member's URLs and the token.
    var expected: Membership? {
        let identity = environment.identity
        let suffix = "-\(environment.pod.ordinal)"
        guard identity.name.hasSuffix(suffix) else { return nil }
        let first = identity.name.dropLast(suffix.count) + "-0"
        guard let urls = identity.peerURLs(of: String(first)) else { return nil }
        let cluster = urls.split(separator: ",").map { "\(first)=\($0)" }.joined(separator: ",")
        return try? Membership(
            name: String(first), initialCluster: InitialCluster(cluster), token: environment.token,
            advertised: urls.split(separator: ",").map { try PeerURL(String($0)) })
    }

    func stale(_ why: String) -> AgentFailure {
        AgentFailure(
            .staleMemberData,
            "\(environment.identity.dataDirectory) holds data of an earlier life of this member: \(why). Delete the "
                + "volume claim of pod \(environment.pod.base)-\(environment.pod.ordinal), or move the data away")
    }
}
