import EtcdRecoverModel
import FoundationEssentials
import SnapshotFile

/// The database that a member has on its own volume: in its place, or moved aside by a run of the same recovery that did not
/// come to its end. It is read where it is, and stays.
struct OwnDatabase: Sendable {
    let path: String
    let walDirectory: String
    /// Why it cannot be told what the database lacks.
    let logTrouble: String?

    init(of environment: AgentEnvironment) throws(AgentFailure) {
        let identity = environment.identity
        // What this attempt moved first is what it found. Another attempt moved what this one may have in its place.
        let moved = try environment.movedAside(as: environment.asideName)
        let places = moved + ["\(identity.dataDirectory)/member"]
        var earlier: [String] = []
        for name in environment.earlierAsideNames { earlier += try environment.movedAside(as: name) }
        let member = (places + earlier).first { place in
            place.hasSuffix("/member") && FileManager.default.fileExists(atPath: "\(place)/snap/db")
        }
        guard let member else {
            let others = Self.movedByOthers(in: identity.dataDirectory)
            throw AgentFailure(
                .snapshotNotFound,
                "\(identity.dataDirectory) has no member/snap/db, neither in its place nor moved aside: there is nothing "
                    + "to recover pod \(environment.pod.base)-\(environment.pod.ordinal) from"
                    + (others.isEmpty ? "" : ". Other recoveries have moved aside: \(others.joined(separator: ", "))"))
        }
        path = "\(member)/snap/db"
        if let separate = identity.walDirectory, separate != "\(identity.dataDirectory)/member/wal" {
            let logs = moved.filter { $0.hasSuffix("/wal") } + [separate] + earlier.filter { $0.hasSuffix("/wal") }
            walDirectory = logs.first { FileManager.default.fileExists(atPath: $0) } ?? separate
        } else {
            walDirectory = "\(member)/wal"
        }
        do {
            _ = try WALSummary(directory: walDirectory)
            logTrouble = nil
        } catch {
            // Perhaps the very reason why its etcd does not run any more: the database is then the best there is.
            logTrouble = "the log of \(path) cannot be read: how many entries it lacks is not known (\(error))"
        }
    }

    /// Whole members, by whichever recovery.
    private static func movedByOthers(in data: String) -> [String] {
        let folder = "\(data)/\(Displacement.folder)"
        return ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
            .map { "\(folder)/\($0)/member" }.filter { FileManager.default.fileExists(atPath: "\($0)/snap/db") }
    }
}
