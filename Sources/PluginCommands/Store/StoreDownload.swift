import ArgumentParser
import EtcdRecoverModel
import ObjectStore

struct StoreDownload: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "download",
        abstract: "Download an object to a file.",
        discussion: """
            The file appears when it is complete and its SHA-256 is the recorded one; one that is there is never replaced. A \
            broken connection is taken up where it broke.

              kubectl etcdrecover store download s3://backups/prod/main.db main.db
            """
    )

    @Argument(help: ArgumentHelp("s3://BUCKET/KEY, gs://BUCKET/KEY or file:///PATH", valueName: "object"))
    var object: String

    @Argument(help: "File to write", completion: .file())
    var file: String

    @Option(name: [.customShort("o", allowingJoined: true), .long], help: "Print JSON or YAML")
    var output: DataFormat?

    @OptionGroup(title: "Object store") var store: StoreOptions
    @OptionGroup var color: ColorOptions
    @OptionGroup(title: "Kubernetes, for --secret") var connection: ConnectionOptions

    func validate() throws {
        _ = try StorePlace(requiring: object)
        guard file != "-" else { throw ValidationError("name a FILE: a download is checked before it has its name") }
    }

    func run() async throws { try await run(on: color.console) }

    func run(on console: Console) async throws {
        let stores = StoreConnection(store, connection, console: console)
        try DownloadTarget(file).check()
        let (target, key) = try StorePlace(requiring: object).object(store, environment: stores.environment)
        let found = try await interruptible { [file] in
            try await stores.withStore(target) { store in
                let size = try await store.head(key).size
                try DownloadTarget(file).requireRoom(for: size)
                let report = TransferReport("downloading", on: console)
                return try await report.during {
                    try await store.download(key, to: file) { report.record($0, of: size) }
                }
            }
        }
        let sha256 = found.metadata?.sha256
        if let output {
            return try console.print(found.json(uri: object, ["file": .string(file)]).rendered(as: output))
        }
        let check = sha256.map { "SHA-256 \($0) matches" } ?? "no SHA-256 was recorded to compare with"
        try console.print("downloaded to \"\(file.printable())\" (\(found.size) bytes), \(check)")
    }
}
