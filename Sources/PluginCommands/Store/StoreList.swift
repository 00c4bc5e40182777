import ArgumentParser
import EtcdRecoverModel
import FoundationEssentials
import ObjectStore

struct StoreList: AsyncParsableCommand {
    enum Format: String, CaseIterable, ExpressibleByArgument, Sendable { case wide, json, yaml }

    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the snapshots in a store.",
        discussion: """
            All objects of the folder and below, in key order. What is recorded with each (revision, cluster, SHA-256, locks) \
            takes a request for each and is shown with -o wide, json or yaml.

              kubectl etcdrecover store list s3://backups/prod/
              kubectl etcdrecover store list --backup nightly -n databases -o wide
            """
    )

    @OptionGroup var selection: StoreSelection

    @Option(
        name: [.customShort("o", allowingJoined: true), .long],
        help: "Print what is recorded with each too, or JSON or YAML")
    var output: Format?

    @OptionGroup(title: "Object store") var store: StoreOptions
    @OptionGroup var color: ColorOptions
    @OptionGroup(title: "Kubernetes, for --backup and --secret") var connection: ConnectionOptions

    func run() async throws { try await run(on: color.console) }

    func run(on console: Console) async throws {
        let stores = StoreConnection(store, connection, console: console)
        let selected = try await selection.resolve(stores) { try connection.connect(console: console) }
        try await interruptible { [output] in
            try await stores.withStore(selected.target, secret: selected.secret) { store in
                let folder = try selected.folder
                if let object = selected.object, try await store.headIfThere(object) != nil, output == nil {
                    console.note(
                        "note: \(store.uri(object)) is an object, and what follows is below a folder of its name"
                            .printable())
                }
                switch output {
                case nil: try await Self.print(store, folder, on: console)
                case .wide: try await Self.printWide(store, folder, on: console)
                case .json: try await Self.printData(store, folder, as: .json, on: console)
                case .yaml: try await Self.printData(store, folder, as: .yaml, on: console)
                }
            }
        }
    }

    private static func print(_ store: ObjectStore, _ folder: KeyPrefix, on console: Console) async throws {
        var table = StreamedTable(columns: ["KEY", "SIZE", "AGE"], on: console)
        var total = (count: 0, bytes: Int64(0))
        for try await object in store.objects(below: folder) {
            total = (total.count + 1, total.bytes + object.size)
            try table.add([object.key.text.printable(), object.size.binarySize, object.modified.age])
        }
        try finish(table, total, store.uri(of: folder), on: console)
    }

    private static func printWide(_ store: ObjectStore, _ folder: KeyPrefix, on console: Console) async throws {
        var table = StreamedTable(
            columns: ["KEY", "SIZE", "TAKEN", "REVISION", "CLUSTER", "MEMBER", "ETCD", "LOCKED", "SHA-256"], on: console
        )
        var total = (count: 0, bytes: Int64(0))
        try await store.forEachObject(below: folder) { object in
            total = (total.count + 1, total.bytes + object.size)
            try table.add(object.cells.map { $0.printable() })
        }
        try finish(table, total, store.uri(of: folder), on: console)
    }

    private static func finish(
        _ table: consuming StreamedTable, _ total: (count: Int, bytes: Int64), _ place: String, on console: Console
    ) throws {
        guard total.count > 0 else { return console.note("no objects below \(place)".printable()) }
        try table.finish()
        console.note("\(total.count) object\(total.count == 1 ? "" : "s"), \(total.bytes.binarySize)B")
    }

    private static func printData(
        _ store: ObjectStore, _ folder: KeyPrefix, as format: DataFormat, on console: Console
    ) async throws {
        var list = DataList("objects", as: format, on: console)
        try await store.forEachObject(below: folder) { object in
            try list.append(object.json(uri: store.uri(object.key)))
        }
        try list.finish([:])
    }
}

extension StoredObject {
    fileprivate var cells: [String] {
        let facts = metadata ?? ObjectMetadata()
        let isLocked = lock?.holds(at: .now) ?? false
        return [
            key.text, size.binarySize, (facts.time ?? modified).formatted(.iso8601),
            facts.revision.map { "\($0)" } ?? "",
            facts.cluster ?? "", facts.member ?? "", facts.etcdVersion ?? "", isLocked ? "yes" : "no",
            String(facts.sha256?.prefix(16) ?? ""),
        ]
    }
}

extension Date {
    fileprivate var age: String { humanAge(seconds: Int(Date.now.timeIntervalSince(self).rounded(.down))) }
}
