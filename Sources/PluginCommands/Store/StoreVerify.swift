import ArgumentParser
import EtcdRecoverModel
import ObjectStore

struct StoreVerify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Read snapshots in a store and compare their SHA-256.",
        discussion: """
            Every byte of an object, or of all below a folder, is read and compared twice: with the SHA-256 recorded when it \
            was uploaded, and with the one that etcd put at its end. Takes no disk and little memory. Ends with 1 when one \
            of them is damaged, or has neither to compare with. Whether the pages inside are sound tells "snapshot verify" of one object.

              kubectl etcdrecover store verify s3://backups/prod/main/nightly-20260101T000000Z.db
              kubectl etcdrecover store verify --backup nightly -n databases
            """
    )

    @OptionGroup var selection: StoreSelection

    @Option(name: [.customShort("o", allowingJoined: true), .long], help: "Print JSON or YAML")
    var output: DataFormat?

    @OptionGroup(title: "Object store") var store: StoreOptions
    @OptionGroup var color: ColorOptions
    @OptionGroup(title: "Kubernetes, for --backup and --secret") var connection: ConnectionOptions

    func run() async throws { try await run(on: color.console) }

    func run(on console: Console) async throws {
        let stores = StoreConnection(store, connection, console: console)
        let selected = try await selection.resolve(stores) { try connection.connect(console: console) }
        let outcome = try await interruptible { [output] in
            try await stores.withStore(selected.target, secret: selected.secret) { store in
                try await Self.verify(selected, in: store, as: output, on: console)
            }
        }
        guard outcome.count > 0 else {
            throw CommandFailure("there is nothing to verify at \(selection.name)")
        }
        if output == nil { console.note(outcome.sentence) }
        if outcome.bad + outcome.unknown > 0 { throw ExitStatus.failure.exitCode }
    }

    private static func verify(
        _ selected: SelectedStore, in store: ObjectStore, as format: DataFormat?, on console: Console
    ) async throws -> Outcome {
        var outcome = Outcome()
        var list = format.map { DataList("objects", as: $0, on: console) }
        try await selected.forEachObject(in: store) { object in
            let check = try await ObjectCheck(of: object, in: store, on: console)
            outcome.count += 1
            outcome.bad += check.problem == nil ? 0 : 1
            outcome.unknown += check.isUnknown ? 1 : 0
            guard list == nil else { return try list?.append(check.json(store.uri(object.key))) ?? () }
            try console.print(check.line(store.uri(object.key), console.style(.output)))
        }
        try list?.finish(["damaged": .int(Int64(outcome.bad)), "unknown": .int(Int64(outcome.unknown))])
        return outcome
    }

    private struct Outcome {
        var count = 0
        var bad = 0
        /// Without anything to compare with.
        var unknown = 0

        var sentence: String {
            guard bad + unknown > 0 else { return "\(count) verified, all of them sound" }
            return
                "\(count) read: \(count - bad - unknown) sound, \(bad) damaged, \(unknown) with nothing to compare with"
        }
    }
}
