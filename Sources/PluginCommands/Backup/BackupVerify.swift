import ArgumentParser
import ObjectStore

struct BackupVerify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Read the snapshot of a completed backup and compare its SHA-256.",
        discussion: """
            Every byte is read and compared with the SHA-256 that the backup recorded and with the one that etcd put at its \
            end; nothing is kept. Ends with 1 when it is damaged, or is another snapshot. Whether a cluster comes up from it \
            only a restore can prove.

              kubectl etcdrecover backup verify nightly -n databases
            """
    )

    @Argument(help: "Name of the EtcdBackup")
    var name: String

    @Option(name: [.customShort("o", allowingJoined: true), .long], help: "Print JSON or YAML")
    var output: DataFormat?

    @OptionGroup(title: "Object store") var store: StoreOptions
    @OptionGroup var color: ColorOptions
    @OptionGroup(title: "Kubernetes") var connection: ConnectionOptions

    func run() async throws {
        let console = color.console
        let stores = StoreConnection(store, connection, console: console)
        let snapshot = try await BackedUpSnapshot(of: name, connection.connect(console: console))
        let check = try await interruptible {
            try await stores.withStore(snapshot.target, secret: snapshot.secret) { store in
                let object = try await store.head(snapshot.key)
                try snapshot.check(object)
                return try await ObjectCheck(of: object, in: store, on: console)
            }
        }
        try console.print(
            output.map { check.json(snapshot.uri).rendered(as: $0) }
                ?? check.line(snapshot.uri, console.style(.output)))
        if check.problem != nil { throw ExitStatus.failure.exitCode }
    }
}
