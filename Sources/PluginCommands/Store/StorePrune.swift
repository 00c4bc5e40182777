import ArgumentParser
import EtcdRecoverModel
import KubernetesClient
import ObjectStore

struct StorePrune: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prune",
        abstract: "Delete all but the newest snapshots of a cluster.",
        discussion: """
            What goes is what a backup's retention would delete: of one cluster's snapshots, right in its folder \
            PREFIX/CLUSTER, all but the newest --keep by the time recorded with them. Never the newest, none that an \
            unfinished EtcdRestore reads, none that is locked, nothing that is another cluster's or has no name as backups \
            have. The plan is shown first, and --dry-run ends there. Unfinished uploads of ours that died more than a day \
            ago are removed too.

              kubectl etcdrecover store prune --backup nightly -n databases --dry-run
              kubectl etcdrecover store prune s3://backups/prod --cluster main -n databases --keep 14
            """
    )

    @OptionGroup var selection: StoreSelection

    @Option(help: "How many to keep, at least 1; with --backup else its spec.retention")
    var keep: Int?

    @Option(help: ArgumentHelp("The EtcdCluster or StatefulSet whose snapshots they are", valueName: "name"))
    var cluster: String?

    @Option(
        name: .customLong("cluster-id"),
        help: ArgumentHelp(
            "ID of the cluster in place of its name, for snapshots saved by --endpoints", valueName: "id"))
    var clusterID: String?

    @Flag(help: "Show the plan and delete nothing")
    var dryRun = false

    @Flag(help: "Delete without being asked")
    var yes = false

    @Flag(help: "Do not ask the API server which snapshots unfinished restores read, as when there is none")
    var ignoreRestores = false

    @Option(name: [.customShort("o", allowingJoined: true), .long], help: "Print JSON or YAML")
    var output: DataFormat?

    @OptionGroup(title: "Object store") var store: StoreOptions
    @OptionGroup var color: ColorOptions
    @OptionGroup(title: "Kubernetes") var connection: ConnectionOptions

    func validate() throws {
        if let keep, keep < 1 { throw ValidationError("--keep must be at least 1, not \(keep)") }
        if selection.place != nil {
            guard (cluster == nil) != (clusterID == nil) else {
                throw ValidationError("whose snapshots? Give --cluster NAME or --cluster-id ID")
            }
            guard let folder = cluster ?? clusterID, !folder.isEmpty, !folder.contains("/") else {
                throw ValidationError("a cluster's name is not empty and has no slash")
            }
            guard keep != nil else { throw ValidationError("how many are to stay? Give --keep N") }
        } else if cluster != nil || clusterID != nil {
            throw ValidationError("--backup says the cluster; name it with a place only")
        }
        if dryRun, yes { throw ValidationError("give --dry-run or --yes, not both") }
    }

    func run() async throws { try await run(on: color.console) }

    func run(on console: Console) async throws {
        let stores = StoreConnection(store, connection, console: console)
        let client = try ignoreRestores && selection.backup == nil ? nil : connect(console)
        var selected = try await selection.resolve(stores) { try client ?? connection.connect(console: console) }
        if let clusterID {
            selected.cluster = SelectedStore.ClusterSnapshots(name: clusterID)
        } else if let cluster {
            let namespace = connection.namespace ?? client?.configuration.namespace ?? "default"
            selected.cluster = SelectedStore.ClusterSnapshots(namespace: namespace, name: cluster)
        }
        guard let retained = keep ?? selected.retainCount, retained > 0 else {
            throw CommandFailure(
                "the EtcdBackup keeps all snapshots: its spec.retention.retainCount is 0", hint: "give --keep N")
        }
        let underWay = try await restores(client)
        try await interruptible { [self, selected] in
            try await stores.withStore(selected.target, secret: selected.secret) { store in
                try await prune(selected, keeping: retained, underWay, in: store, on: console)
            }
        }
    }

    private func connect(_ console: Console) throws -> KubernetesClient {
        do { return try connection.connect(console: console) } catch let error where selection.backup == nil {
            throw CommandFailure(
                "which snapshots unfinished restores read is asked of a cluster, and there is no way to one: \(error)",
                hint: "where no cluster restores from this store, give --ignore-restores")
        }
    }

    private func restores(_ client: KubernetesClient?) async throws -> SnapshotsInUse? {
        guard let client, !ignoreRestores else { return nil }
        do { return try await SnapshotsInUse.list(client) } catch let error as KubernetesError {
            throw CommandFailure(
                "which snapshots unfinished restores read could not be asked: \(error)",
                hint: "nothing was deleted; where there are none, give --ignore-restores")
        }
    }

    private func prune(
        _ selected: SelectedStore, keeping count: Int, _ underWay: SnapshotsInUse?, in store: ObjectStore,
        on console: Console
    ) async throws {
        guard let cluster = selected.cluster else { throw CommandFailure("the EtcdBackup names no cluster") }
        let folder = try selected.folder
        let plan = try await store.planRetention(
            prefix: selected.prefix, directory: cluster.name, cluster: cluster.recorded, retainCount: count,
            inUse: selected.bucket.flatMap { underWay?.keys(inBucketOf: $0) } ?? [])
        let view = PruneView(plan: plan, store: store)
        if output != nil {
            // Printed when it is done.
        } else if plan.delete.isEmpty, plan.keep.isEmpty {
            console.note("no snapshots of \(cluster.recorded) below \(store.uri(of: folder))".printable())
        } else {
            try console.print(view.text)
        }
        guard !dryRun else {
            if let output { try console.print(view.json(outcome: nil).rendered(as: output)) }
            return console.note("dry run: nothing was deleted")
        }
        try confirm(plan, on: console)
        let outcome = try await store.prune(plan)
        if let output { try console.print(view.json(outcome: outcome).rendered(as: output)) }
        for (key, error) in outcome.failed { console.error("\(store.uri(key)) stays: \(error)".printable()) }
        console.note("\(outcome.deleted.count) of \(plan.delete.count) deleted")
        try await sweep(selected.prefix, in: store, on: console)
        if !outcome.failed.isEmpty { throw ExitStatus.failure.exitCode }
    }

    /// What is refused here is no reason to call the rest a failure: not every role may list uploads.
    private func sweep(_ prefix: KeyPrefix, in store: ObjectStore, on console: Console) async throws {
        do {
            for upload in try await store.sweep(prefix) {
                console.note("removed an upload of \(upload.key) that died".printable())
            }
        } catch let error as StoreError {
            console.warning("uploads that died were not looked for: \(error)".printable())
        }
    }

    private func confirm(_ plan: RetentionPlan, on console: Console) throws {
        guard !plan.delete.isEmpty, !yes else { return }
        guard try TerminalPrompt.confirms("Delete \(plan.delete.count)? [y/N] ") else {
            throw CommandFailure("nothing was deleted")
        }
    }
}
