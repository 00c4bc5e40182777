/// Who an etcd is and where it keeps its data, as it would read both from its settings.
package struct MemberIdentity: Hashable, Sendable {
    package let name: String
    /// Separated by commas.
    package let advertisedPeerURLs: String
    /// `NAME=URL,NAME=URL`; nil where the settings do not say.
    package let initialCluster: String?
    /// Nil for etcd's default, which many clusters have.
    package let token: String?
    /// Absolute.
    package let dataDirectory: String
    /// Absolute; nil for `member/wal` in the data directory.
    package let walDirectory: String?

    /// Throws where the settings do not tell it all, or where etcd would not start as a restored member does.
    package init(_ settings: EtcdSettings) throws(MemberIdentityError) {
        if let file = settings["config-file"] { throw .configurationFile(file) }
        if let value = settings["force-new-cluster"], value != "false" { throw .forcesNewCluster }
        func text(_ flag: String) throws(MemberIdentityError) -> String? {
            guard let value = settings[flag] else { return nil }
            guard !value.contains(where: { $0 == "$" || $0 == "`" }) else { throw .notExpanded(flag: flag, value) }
            return value
        }
        func directory(_ flag: String) throws(MemberIdentityError) -> String? {
            guard let path = try text(flag) else { return nil }
            guard path.hasPrefix("/") else { throw .relativePath(flag: flag, path) }
            return path
        }
        name = try text("name") ?? "default"
        advertisedPeerURLs = try text("initial-advertise-peer-urls") ?? "http://localhost:2380"
        initialCluster = try text("initial-cluster")
        token = try text("initial-cluster-token")
        guard let data = try directory("data-dir") else { throw .noDataDirectory }
        dataDirectory = data
        walDirectory = try directory("wal-dir")
    }

    /// What a restore makes of it: a cluster of this member alone.
    package var soleCluster: String {
        advertisedPeerURLs.split(separator: ",").map { "\(name)=\($0)" }.joined(separator: ",")
    }

    /// The peer URLs of another member, separated by commas; nil where the initial cluster does not name it.
    package func peerURLs(of member: String) -> String? {
        let urls = (initialCluster ?? "").split(separator: ",").compactMap { item -> Substring? in
            let parts = item.split(separator: "=", maxSplits: 1)
            return parts.count == 2 && parts[0] == member ? parts[1] : nil
        }
        return urls.isEmpty ? nil : urls.joined(separator: ",")
    }
}

/// Why it cannot be told what an etcd will open.
package enum MemberIdentityError: Error, Hashable, Sendable, CustomStringConvertible {
    case configurationFile(String)
    case forcesNewCluster
    case notExpanded(flag: String, String)
    case relativePath(flag: String, String)
    case noDataDirectory

    package var description: String {
        switch self {
        case .configurationFile(let file):
            "etcd reads its settings from \(file), and then ignores flags and variables: start it with flags or ETCD_* "
                + "variables instead of --config-file"
        case .forcesNewCluster:
            "etcd runs with --force-new-cluster, which would drop members at each start: take the flag away"
        case .notExpanded(let flag, let text):
            "--\(flag) is \"\(text)\", which only a shell expands: write it with $(VARIABLE) instead"
        case .relativePath(let flag, let path):
            "--\(flag) is \"\(path)\", which is not absolute: where etcd would look for it is not known"
        case .noDataDirectory:
            "neither --data-dir nor ETCD_DATA_DIR says where etcd keeps its data: set one of them"
        }
    }
}
