import EtcdRecoverModel
import FoundationEssentials
import TestSupport
import Testing

extension Disruptions {
    /// A layout of the operator at work in a namespace of its own, with an EtcdCluster `main` that is worth a backup.
    struct Site: Sendable {
        let kubectl: Kubectl
        let standIn: OperatorStandIn
        /// Of the store, as pods reach it.
        let endpoint: String

        var namespace: String { kubectl.namespace ?? "" }
    }
}

extension Disruptions.Site {
    /// Of megabytes, so that uploads have several parts and take their time.
    private static let values = 10
    private static let valueSize = 1_300_000

    /// Runs `body` with one of each layout, so that one disruption meets both. Their store is reached through `relay`.
    static func ofEachLayout(
        through relay: TCPRelay, _ body: @escaping @Sendable ([Self]) async throws -> Void
    ) async throws {
        let endpoint = "http://\(try InstalledPods.current.hostAddress):\(relay.port)"
        try await start(OperatorStandIn.Layout.allCases[...], at: endpoint, []) { sites in
            try await sites.each { try await $0.fill() }
            do { try await body(sites) } catch {
                for site in sites { Issue.record("\(try await site.description())") }
                Issue.record("\(try await InstalledPods.current.log())")
                throw error
            }
        }
        withExtendedLifetime(relay) {}
    }

    private static func start(
        _ layouts: ArraySlice<OperatorStandIn.Layout>, at endpoint: String, _ sites: [Self],
        _ body: @escaping @Sendable ([Self]) async throws -> Void
    ) async throws {
        guard let layout = layouts.first else { return try await body(sites) }
        try await Kubectl.withNamespace(on: try InstalledPods.current.cluster) { kubectl in
            try await OperatorStandIn.run(layout: layout, in: kubectl) { standIn in
                let site = Self(kubectl: kubectl, standIn: standIn, endpoint: endpoint)
                try await start(layouts.dropFirst(), at: endpoint, sites + [site], body)
            }
        }
    }

    private func fill() async throws {
        try await kubectl.storeKey(TestStores.current.all)
        try await createCluster("main")
        try await standIn.wait(forVoters: 1, of: "main")
        for number in 0..<Self.values {
            let value = String(repeating: "\(number)", count: Self.valueSize)
            let put = try await standIn.etcdctl("main", 0, ["put", "value/\(number)"], input: value)
            try #require(put.succeeded, "\(put.errors)")
        }
        try await mark("of the beginning")
    }

    func createCluster(_ name: String) async throws {
        try await kubectl.apply(
            """
            apiVersion: operator.etcd.io/v1alpha1
            kind: EtcdCluster
            metadata: {name: \(name)}
            spec:
              size: 1
              version: \(standIn.version)
              etcdOptions: [--unsafe-no-fsync]
              storageSpec: {accessModes: ReadWriteOnce, volumeSizeRequest: 64Mi}
            """)
    }

    /// Which state of `main` a snapshot is of.
    func mark(_ text: String) async throws {
        let put = try await standIn.etcdctl("main", 0, "put", "mark", text)
        try #require(put.succeeded, "\(put.errors)")
    }

    func createBackup(_ name: String) async throws {
        try await kubectl.apply(
            """
            apiVersion: operator.etcd.io/v1alpha1
            kind: EtcdBackup
            metadata: {name: \(name)}
            spec:
              clusterRef: main
              destination:
                provider: s3
                prefix: \(namespace)
                secretRef: {name: store}
                s3: {bucket: dated, endpoint: "\(endpoint)", forcePathStyle: true}
            """)
    }

    /// Into an EtcdCluster of the restore's name, with a volume that outlives its pod.
    func createRestore(_ name: String, of backup: String) async throws {
        try await kubectl.apply(
            """
            apiVersion: operator.etcd.io/v1alpha1
            kind: EtcdRestore
            metadata: {name: \(name)}
            spec:
              source: {backupRef: {name: \(backup)}}
              target:
                name: \(name)
                storageSpec: {accessModes: ReadWriteOnce, volumeSizeRequest: 64Mi}
              restoreTimeout: 4m
            """)
    }

    func backup(_ name: String) async throws -> EtcdBackup { try await object("etcdbackup", name) }
    func restore(_ name: String) async throws -> EtcdRestore { try await object("etcdrestore", name) }
    func backups() async throws -> [EtcdBackup] { try await objects("etcdbackups") }
    func restores() async throws -> [EtcdRestore] { try await objects("etcdrestores") }

    @discardableResult
    func ended(backup name: String, within limit: Duration = .seconds(180)) async throws -> EtcdBackup {
        try await eventually("the end of EtcdBackup \(name)", within: limit) {
            let backup = try await backup(name)
            return backup.status?.phase?.isTerminal == true ? backup : nil
        }
    }

    @discardableResult
    func ended(restore name: String, within limit: Duration = .seconds(330)) async throws -> EtcdRestore {
        try await eventually("the end of EtcdRestore \(name)", within: limit) {
            let restore = try await restore(name)
            return restore.status?.phase?.isTerminal == true ? restore : nil
        }
    }

    /// What `look` returns once it is not nil.
    @discardableResult
    func eventually<Value>(
        _ what: String, within limit: Duration = .seconds(120), _ look: () async throws -> Value?
    ) async throws -> Value {
        try await TestSupport.eventually(
            "\(what) (\(standIn.layout))", within: limit, every: .milliseconds(250), look)
    }

    private struct List<Item: Decodable>: Decodable { var items: [Item] }

    private func object<Resource: Decodable>(_ kind: String, _ name: String) async throws -> Resource {
        let text = try await kubectl.output("get", kind, name, "-o", "json")
        return try JSONDecoder().decode(Resource.self, from: Data(text.utf8))
    }

    private func objects<Resource: Decodable>(_ kind: String) async throws -> [Resource] {
        let text = try await kubectl.output("get", kind, "-o", "json")
        return try JSONDecoder().decode(List<Resource>.self, from: Data(text.utf8)).items
    }

    /// For those who look for what went wrong.
    private func description() async throws -> String {
        let objects = try await kubectl.run("get", "etcdbackups,etcdrestores,etcdclusters,pods", "-o", "yaml").output
        let events = try await kubectl.run("get", "events").output
        return "\(standIn.layout)\n\(objects)\(events)\(standIn.service.log)"
    }
}

extension [Disruptions.Site] {
    /// In all at once.
    func each(_ body: @escaping @Sendable (Disruptions.Site) async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for site in self { group.addTask { try await body(site) } }
            try await group.waitForAll()
        }
    }
}
