import FoundationEssentials
import TestSupport
import Testing

@testable import PluginCommands

/// `docs/control-plane.md`, followed from beginning to end with real members: each of our commands in it runs as it stands
/// there, but for addresses and paths.
@Suite(.needsEtcd, .timeLimit(.minutes(5))) struct ControlPlanePageTests {
    @Test func thePageIsFollowedToAHealthyCluster() async throws {
        let files = try TemporaryDirectory()
        let options = EtcdOptions(tls: try await EtcdCertificates())
        var page = try Page(files, options.tls)
        let revision = try await EtcdCluster.run(.newest, members: 3, options: options) { cluster in
            try await cluster.fill()
            let revision = try await cluster.hashKV().revision
            page.members = cluster.members
            try await page.run("quorum --for 30s", "members", "health")
            await cluster.members[2].kill()
            try await page.run("snapshot save --endpoints https://10.0.0.11:2379 node1.db")
            try await page.run("snapshot save --endpoints https://10.0.0.12:2379 node2.db")
            try await page.run("snapshot save --from-data-dir /var/lib/etcd node3.db", on: 2)
            for member in cluster.members { await member.kill() }
            // As talosctl copies it.
            try await Command("cp", ["-r", cluster.members[1].dataDirectory, files.path(of: "node2-data")]).output()
            try FileManager.default.removeItem(atPath: files.path(of: "node2.db"))
            try await page.run("snapshot save --from-data-dir node2-data node2.db")
            return revision
        }
        try await page.run("snapshot verify --strict node1.db", "snapshot status node1.db")
        try await page.run("snapshot diff node1.db node2.db")

        let restored = try EtcdCluster.reserve(3, .newest, options: options)
        page.members = restored
        for number in restored.indices {
            try await page.run("snapshot restore node1.db --data-dir /var/lib/etcd", on: number)
        }
        try await EtcdCluster.run(restored) { cluster in
            try await page.run("quorum", "health")
            let value = try await cluster.etcdctl("get", "key-0", "--print-value-only")
            #expect(value == "again\n")
            let raised = try await cluster.hashKV().revision
            #expect(raised == revision + 1_000_000_000)
        }

        try await page.run(
            "snapshot restore node1.db --data-dir raised", "snapshot save --from-data-dir raised raised.db")
        let alone = try EtcdMember(.newest, options: EtcdOptions())
        _ = try await EtcdRelease.newest.snapshotTool(
            "restore", files.path(of: "raised.db"), "--data-dir", alone.dataDirectory, "--name", alone.name,
            "--initial-cluster", "\(alone.name)=\(alone.peerURL)", "--initial-advertise-peer-urls", alone.peerURL)
        try await EtcdCluster.run([alone]) { cluster in
            let raised = try await cluster.hashKV().revision
            #expect(raised == revision + 1_000_000_000)
        }
        #expect(page.left == [], "these commands of the page are run by no test")
    }
}

/// The page, as it is followed.
private struct Page {
    let files: TemporaryDirectory
    let tls: EtcdCertificates?
    var members: [EtcdMember] = []
    private let commands: [[String]]
    private var seen: Set<[String]> = []

    init(_ files: TemporaryDirectory, _ tls: EtcdCertificates?) throws {
        (self.files, self.tls) = (files, tls)
        commands = try DocumentedCommands(page: "control-plane.md").commands
    }

    var left: [String] { commands.filter { !seen.contains($0) }.map { $0.joined(separator: " ") } }

    /// Runs the page's commands that begin so, on a node.
    mutating func run(_ beginnings: String..., on node: Int = 0) async throws {
        for beginning in beginnings {
            let words = beginning.split(separator: " ").map(String.init)
            let command = try #require(
                commands.first { $0 == words } ?? commands.first { $0.starts(with: words) },
                "\(beginning) is not in the page")
            seen.insert(command)
            let typed = command.map { here($0, node) }
            let result = try await Command(
                "sh",
                ["-c", "cd \"$0\" && exec \"$@\"", files.path, "\(TestEnvironment.programs)/kubectl-etcdrecover"]
                    + typed,
                environment: environment
            ).run(within: .seconds(90))
            #expect(result.succeeded, "\(typed): \(result.output)\(result.errors)")
        }
    }

    private var environment: [String: String?] {
        [
            "NO_COLOR": "1", "ETCDCTL_ENDPOINTS": members.map(\.clientURL).joined(separator: ","),
            "ETCDCTL_CACERT": tls?.authority, "ETCDCTL_CERT": tls?.certificate(.root), "ETCDCTL_KEY": tls?.key(.root),
        ]
    }

    /// What stands in the page, as it is here. `node1` is also the node that a command is typed on.
    private func here(_ word: String, _ node: Int) -> String {
        guard !members.isEmpty else { return word }
        if word == "node1" { return members[node].name }
        if word == "https://10.0.0.11:2380" { return members[node].peerURL }
        var word = word
        for (number, member) in members.enumerated() {
            word = word.replacing("node\(number + 1)=", with: "\(member.name)=")
            word = word.replacing("https://10.0.0.1\(number + 1):2380", with: member.peerURL)
            word = word.replacing("https://10.0.0.1\(number + 1):2379", with: member.clientURL)
        }
        return word.replacing("/var/lib/etcd", with: members[node].dataDirectory)
    }
}
