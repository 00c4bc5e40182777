import FoundationEssentials

/// The stand-in for the etcd-operator (`Tests/Cluster/etcd-operator-stand-in`), reconciling EtcdClusters beside a test.
package struct OperatorStandIn: Sendable {
    /// How it lays out an EtcdCluster: as the operator's releases up to 0.2 do, or as its next one.
    package enum Layout: String, CaseIterable, Sendable {
        case statefulSet = "statefulset"
        /// Pods that the EtcdCluster owns itself; their etcd speaks TLS only, and wants a client's certificate.
        case pods
    }

    package let layout: Layout
    package let release: EtcdRelease
    package let service: Service
    private let kubectl: Kubectl

    /// The version to ask for in an EtcdCluster: the one whose image was loaded.
    package var version: String { "v\(release.version)" }

    /// Defines EtcdCluster, loads etcd's image, and runs `body` while the EtcdClusters of `kubectl`'s namespace are
    /// reconciled, without a namespace those of all. Nobody reconciles them afterwards, until it is run again.
    package static func run<Value: Sendable>(
        layout: Layout, in kubectl: Kubectl, release: EtcdRelease = .newest, arguments: [String] = [],
        _ body: @Sendable (OperatorStandIn) async throws -> Value
    ) async throws -> Value {
        // Beside the tool that made the cluster.
        let files =
            kubectl.cluster.tool.split(separator: "/", omittingEmptySubsequences: false).dropLast()
            .joined(separator: "/") + "/etcd-operator-stand-in"
        try await kubectl.cluster.defineEtcdClusters()
        try await Images.loaded.load(release, with: kubectl.cluster.tool, program: "\(files)/image")
        let places = kubectl.namespace.map { ["--namespace", $0] } ?? []
        let command = Command(
            "python3",
            ["-B", files, "--kubeconfig", kubectl.cluster.kubeconfig, "--layout", layout.rawValue] + places + arguments)
        return try await Service.run(command) { service in
            try await body(OperatorStandIn(layout: layout, release: release, service: service, kubectl: kubectl))
        }.value
    }

    /// Waits until EtcdCluster `name` has exactly `count` members, all of them healthy and voting, and as many ready pods.
    @discardableResult
    package func wait(forVoters count: Int, of name: String, within limit: Duration = .seconds(180)) async throws
        -> EtcdClusterStatus
    {
        try await wait(for: "\(count) healthy voters in \(name)", of: name, within: limit) { status in
            status.hasVoters(count)
        }
    }

    /// Polls the status of EtcdCluster `name` until `condition` holds, and returns it; fails with the stand-in's log.
    @discardableResult
    package func wait(
        for what: String, of name: String, within limit: Duration = .seconds(180),
        until condition: @Sendable (EtcdClusterStatus) -> Bool
    ) async throws -> EtcdClusterStatus {
        try await service.wait(for: what, within: limit) {
            if condition(try await status(of: name)) { return true }
            try await Task.sleep(for: .milliseconds(400))
            return false
        }
        return try await status(of: name)
    }

    package func status(of name: String) async throws -> EtcdClusterStatus {
        let text = try await kubectl.output("get", "etcdcluster", name, "-o", "json")
        return try JSONDecoder().decode(EtcdClusterStatus.Holder.self, from: Data(text.utf8)).status ?? .init()
    }

    /// `etcdctl` in the pod of member `ordinal` of EtcdCluster `name`, with the member's own certificate where it has one.
    package func etcdctl(_ name: String, _ ordinal: Int, _ arguments: String...) async throws -> Command.Result {
        try await etcdctl(name, ordinal, arguments)
    }

    /// `input` is what it reads from stdin: a value, or the lines of a transaction.
    package func etcdctl(
        _ name: String, _ ordinal: Int, _ arguments: [String], input: String = ""
    ) async throws -> Command.Result {
        let pod = "\(name)-\(ordinal)"
        let scheme = layout == .pods ? "https" : "http"
        let certificates = "/etc/etcd-certs/server"
        let flags =
            layout == .pods
            ? ["cacert=\(certificates)/ca.crt", "cert=\(certificates)/tls.crt", "key=\(certificates)/tls.key"] : []
        let host = "\(pod).\(name).\(kubectl.namespace ?? "default").svc.cluster.local"
        return try await kubectl.run(
            ["exec"] + (input.isEmpty ? [] : ["--stdin"]) + [pod, "-c", "etcd", "--", "/usr/local/bin/etcdctl"]
                + ["--endpoints=\(scheme)://\(host):2379"] + flags.map { "--\($0)" } + arguments, input: input)
    }

    /// The images that this process loaded already.
    private actor Images {
        static let loaded = Images()
        private var names: Set<String> = []

        func load(_ release: EtcdRelease, with tool: String, program: String) async throws {
            let name = "\(tool) \(release.version)"
            guard !names.contains(name) else { return }
            try await Command(program, [tool, release.folder, "v\(release.version)"]).output(within: .seconds(120))
            names.insert(name)
        }
    }
}

/// The status of an EtcdCluster, as far as tests ask for it.
package struct EtcdClusterStatus: Decodable, Sendable {
    package struct Member: Decodable, Sendable {
        package var name: String?
        /// In hexadecimal.
        package var id: String
        package var isHealthy: Bool
        package var isLearner: Bool?
        package var isLeader: Bool?
    }

    package struct Condition: Decodable, Sendable {
        package var type: String
        package var status: String
    }

    struct Holder: Decodable {
        var status: EtcdClusterStatus?
    }

    package var observedGeneration: Int?
    package var currentReplicas: Int?
    package var readyReplicas: Int?
    package var memberCount: Int?
    package var currentVersion: String?
    package var leaderID: String?
    package var members: [Member]?
    package var conditions: [Condition]?

    package func hasVoters(_ count: Int) -> Bool {
        let members = members ?? []
        return members.count == count && currentReplicas == count && readyReplicas == count && memberCount == count
            && members.allSatisfy { $0.isHealthy && $0.isLearner != true } && isTrue("Available")
    }

    package func isTrue(_ condition: String) -> Bool {
        (conditions ?? []).contains { $0.type == condition && $0.status == "True" }
    }
}
