import EtcdRecoverModel
import FoundationEssentials
import Glibc
import TestSupport
import Testing

/// An EtcdCluster `main` with volumes and known keys, backed up once as a rule, and what makes it lose its majority.
struct LostCluster: Sendable {
    let source: SourceCluster
    let size: Int

    var kubectl: Kubectl { source.kubectl }
    var standIn: OperatorStandIn { source.standIn }

    /// Runs `body` with one whose backup goes to `place`, which is where rescue copies go as well.
    static func run(
        _ layout: OperatorStandIn.Layout, size: Int = 3, annotations: [String: String] = [:], isBackedUp: Bool = true,
        backup place: (@Sendable (SourceCluster) -> BackupPlace)? = nil,
        _ body: @escaping @Sendable (LostCluster) async throws -> Void
    ) async throws {
        try await Kubectl.withNamespace(on: try InstalledPods.current.cluster) { kubectl in
            try await OperatorStandIn.run(layout: layout, in: kubectl) { standIn in
                let storage = "storageSpec: {accessModes: ReadWriteOnce, volumeSizeRequest: 64Mi}"
                let source = try await SourceCluster.start(
                    kubectl, standIn, annotations: annotations, "size: \(size), \(storage)", voters: size)
                let cluster = LostCluster(source: source, size: size)
                do {
                    if isBackedUp { try await source.backUp(as: "once", to: place?(source)) }
                    try await body(cluster)
                } catch {
                    Issue.record("\(try await cluster.description())")
                    throw error
                }
            }
        }
    }

    /// Runs `body` with one of each layout, so that one disruption meets both.
    static func ofEachLayout(
        backup place: (@Sendable (SourceCluster) -> BackupPlace)? = nil,
        _ body: @escaping @Sendable ([LostCluster]) async throws -> Void
    ) async throws {
        try await run(.statefulSet, backup: place) { first in
            try await run(.pods, backup: place) { second in try await body([first, second]) }
        }
    }

    /// Takes pods and volumes of these members away, for good: no claim can be made anew until `release`. Returns when none of
    /// them runs any more, which the cluster does not wait for.
    func destroy(_ ordinals: [Int]) async throws {
        var processes: [Int32] = []
        for ordinal in ordinals { processes += try await etcd("main-\(ordinal)") }
        try await kubectl.apply(
            """
            apiVersion: v1
            kind: ResourceQuota
            metadata: {name: no-new-volumes}
            spec: {hard: {persistentvolumeclaims: "0"}}
            """)
        let claims = ordinals.map { "etcd-data-main-\($0)" }
        try await kubectl.output(["delete", "persistentvolumeclaim", "--wait=false"] + claims)
        try await kubectl.output(
            ["delete", "pod", "--grace-period=0", "--force", "--wait=false"] + ordinals.map { "main-\($0)" })
        let old = processes
        _ = try await eventually("end of members \(ordinals)") {
            old.allSatisfy { !FileManager.default.fileExists(atPath: "/proc/\($0)") } ? true : nil
        }
    }

    /// Its etcd ends without a word; the kubelet starts it again.
    func kill(_ pod: String) async throws { for process in try await etcd(pod) { _ = Glibc.kill(process, SIGKILL) } }

    /// Processes of its etcd, by their numbers on this machine.
    private func etcd(_ pod: String) async throws -> [Int32] {
        let id = try await kubectl.output(
            "get", "pod", pod, "-o", #"jsonpath={.status.containerStatuses[?(@.name=="etcd")].containerID}"#)
        return Disruptions.processes(ofContainer: id)
    }

    /// What the others write while `body` runs is not heard of by this member: its pod is off the network.
    func cutOff(_ pod: String, during body: () async throws -> Void) async throws {
        let process = try #require(try await etcd(pod).first)
        func ip(_ words: String) async throws -> String {
            try await Command(
                "nsenter",
                ["-t", "\(process)", "-n", "ip"] + words.split(whereSeparator: \.isWhitespace).map(String.init)
            )
            .output()
        }
        // It goes with the link.
        let route = try await ip("route show default")
        _ = try await ip("link set eth0 down")
        try await body()
        _ = try await ip("link set eth0 up")
        _ = try await ip("route replace \(route)")
    }

    /// What was moved aside on the volume of a member: folders with an etcd's data, by their names.
    func movedAside(_ ordinal: Int) async throws -> [String] {
        let volume = try await kubectl.volume(of: "etcd-data-main-\(ordinal)")
        func entries(_ path: String) -> [String] { (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [] }
        // A StatefulSet's pod has a folder of its own in its volume.
        let folders = [volume] + entries(volume).map { "\(volume)/\($0)" }
        return folders.map { "\($0)/.etcdrecover-aside" }.flatMap { aside in
            entries(aside).filter { FileManager.default.fileExists(atPath: "\(aside)/\($0)/member/snap/db") }
        }
    }

    /// Volumes can be made again.
    func release() async throws { try await kubectl.output("delete", "resourcequota", "no-new-volumes") }

    /// The one recovery that there is, when it is in that phase.
    @discardableResult
    func recovery(in phase: EtcdRecovery.Phase, within limit: Duration = .seconds(120)) async throws -> EtcdRecovery {
        try await recovery("in phase \(phase.rawValue)", within: limit) { $0.status?.phase == phase }
    }

    @discardableResult
    func recovery(
        _ what: String, within limit: Duration = .seconds(120), where holds: (EtcdRecovery) -> Bool
    ) async throws -> EtcdRecovery {
        let end = ContinuousClock.now + limit
        while ContinuousClock.now < end {
            let all = try await recoveries()
            if let recovery = all.first(where: holds) { return recovery }
            // A machine that is busy may have begun one before, that came to nothing.
            if let ended = all.first(where: { $0.status?.phase == .failed }) {
                throw MissingPart("it ended \(ended.status?.phase?.rawValue ?? ""): \(ended.status?.message ?? "")")
            }
            // Each look is a process.
            try await Task.sleep(for: .seconds(1))
        }
        let ends = try await recoveries().map { "\($0.status?.phase?.rawValue ?? ""): \($0.status?.message ?? "")" }
        throw MissingPart("no recovery \(what) within \(limit): \(ends)")
    }

    func recoveries() async throws -> [EtcdRecovery] {
        struct List: Decodable { var items: [EtcdRecovery] }
        let json = try await kubectl.output("get", "etcdrecoveries", "-o", "json")
        return try JSONDecoder().decode(List.self, from: Data(json.utf8)).items
    }

    func approve(_ recovery: EtcdRecovery, digest: String? = nil) async throws -> Command.Result {
        let digest = digest ?? recovery.status?.observed?.digest ?? ""
        let patch = #"{"spec": {"approved": true, "approvedDigest": "\#(digest)"}}"#
        return try await kubectl.run(
            "patch", "etcdrecovery", recovery.metadata.name ?? "", "--type=merge", "--patch", patch)
    }

    /// Has it go on from the approval of what is seen, and the volumes made once nothing but they is waited for.
    func approveAndRelease(_ waiting: EtcdRecovery) async throws -> EtcdRecovery {
        let approved = try await approve(waiting)
        #expect(approved.succeeded, "\(approved.errors)")
        try await recovery("past its copies") { [.rebuilding, .scalingOut].contains($0.status?.phase) }
        try await release()
        return try await recovery(in: .completed, within: .seconds(300))
    }

    /// UIDs of the pods that there are, by their names.
    func pods() async throws -> [String: String] {
        let text = try await kubectl.output(
            "get", "pods", "--selector", "app=main", "-o",
            #"jsonpath={range .items[*]}{.metadata.name}={.metadata.uid}{"\n"}{end}"#)
        return Dictionary(
            uniqueKeysWithValues: text.split(separator: "\n").map {
                let parts = $0.split(separator: "=")
                return (String(parts[0]), String(parts[1]))
            })
    }

    /// All that has to hold of a cluster that is whole again.
    func expectWhole(_ recovery: EtcdRecovery, and more: [String] = []) async throws {
        let status = try #require(recovery.status)
        #expect(status.verification?.members == Int64(size))
        #expect(status.dataLoss?.message?.hasPrefix("kept: ") == true)
        #expect(status.conditions?["DataLossPossible"]?.status == "True")
        #expect(status.conditions?["Recovering"]?.status == "False")
        try await standIn.wait(forVoters: size, of: "main")
        for member in 0..<size {
            try await source.expectKeys(of: "main", member: member, isLocal: true, and: more)
        }
        let commands = try await kubectl.output(
            "get", "pods", "--selector", "app=main", "-o", "jsonpath={.items[*].spec.containers[*].args}")
        #expect(!commands.contains("force-new-cluster"))
        let entries = try await source.installed.kubectl.output(
            "get", "mutatingwebhookconfiguration/etcdrecover-member-injector", "-o",
            "jsonpath={.webhooks[*].clientConfig.service.path}")
        #expect(!entries.contains(kubectl.namespace ?? ""), "\(entries)")
        let put = try await standIn.etcdctl("main", 0, "put", "written/afterwards", "1")
        #expect(put.succeeded, "\(put.errors)")
    }

    func description() async throws -> String {
        let objects = try await kubectl.run(
            "get", "etcdrecoveries,etcdclusters,statefulsets,pods,persistentvolumeclaims", "-o", "yaml"
        ).output
        let events = try await kubectl.run("get", "events").output
        return "\(standIn.layout)\n\(objects)\(events)\(standIn.service.log)\(try await InstalledPods.current.log())"
    }
}
