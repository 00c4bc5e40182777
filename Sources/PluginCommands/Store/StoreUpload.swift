import ArgumentParser
import Cryptography
import EtcdRecoverModel
import FoundationEssentials
import ObjectStore
import SnapshotFile

struct StoreUpload: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "upload",
        abstract: "Upload a snapshot that lies in a file.",
        discussion: """
            The snapshot's own SHA-256 is compared while it is read; the object appears when all of it has arrived, and no \
            object is ever overwritten. What is recorded with it is what "snapshot save" records. To upload without a file \
            between, save straight into the store.

              kubectl etcdrecover store upload main.db s3://backups/prod/main.db
            """
    )

    @Argument(help: "Snapshot", completion: .file())
    var file: String

    @Argument(help: ArgumentHelp("s3://BUCKET/KEY, gs://BUCKET/KEY or file:///PATH", valueName: "object"))
    var object: String

    @Flag(help: "Take a file without its SHA-256, such as a copy of member/snap/db, or with a wrong one")
    var skipHashCheck = false

    @Option(name: [.customShort("o", allowingJoined: true), .long], help: "Print JSON or YAML")
    var output: DataFormat?

    @OptionGroup(title: "Object store") var store: StoreOptions
    @OptionGroup var writing: StoreWriteOptions
    @OptionGroup var color: ColorOptions
    @OptionGroup(title: "Kubernetes, for --secret") var connection: ConnectionOptions

    func validate() throws {
        try SnapshotArgument.refuseStandardInput(file)
        _ = try StorePlace(requiring: object)
    }

    func run() async throws { try await run(on: color.console) }

    func run(on console: Console) async throws {
        let stores = StoreConnection(store, connection, console: console)
        let (target, key) = try StorePlace(requiring: object).object(
            store, writing: writing, environment: stores.environment)
        let reading = try SnapshotReading(file)
        let source = try SnapshotUpload(reading, checksHash: !skipHashCheck)
        let receipt = try await interruptible { [source] in
            try await stores.withStore(target) { store in
                let report = TransferReport("uploading", on: console)
                return try await report.during {
                    try await store.put(
                        source, at: key, length: Int64(source.count), metadata: source.metadata,
                        progress: { report.record($0, of: Int64(source.count)) },
                        leavesParts: { console.warnOfParts(at: store.uri(key), $0) }
                    ) { uploaded in
                        try source.check(uploaded, on: console)
                        return source.metadata
                    }
                }
            }
        }
        withExtendedLifetime(reading) {}
        try console.print(receipt, as: output, uri: object)
    }
}

extension Console {
    func warnOfParts(at uri: String, _ reason: String) {
        warning(
            "parts of an upload may stay at \(uri), since \(reason); a store prune above it removes them a day later"
                .printable())
    }

    /// What an upload ends with.
    func print(_ receipt: PutReceipt, as output: DataFormat?, uri: String) throws {
        let object = receipt.object
        if let output { return try print(object.json(uri: uri).rendered(as: output)) }
        var text = "uploaded to \"\(uri.printable())\" (\(object.size) bytes)"
        if let revision = object.metadata?.revision { text += ", revision \(revision)" }
        if let sha256 = object.metadata?.sha256 { text += ", sha256 \(sha256)" }
        try print(text)
    }
}
