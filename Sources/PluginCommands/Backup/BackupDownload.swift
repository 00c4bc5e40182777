import ArgumentParser
import ObjectStore

struct BackupDownload: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "download",
        abstract: "Download the snapshot of a completed backup.",
        discussion: """
            With the keys of the backup's Secret, which you have to be allowed to read. The file appears when it is complete \
            and its SHA-256 is the recorded one.

              kubectl etcdrecover backup download nightly nightly.db -n databases
            """
    )

    @Argument(help: "Name of the EtcdBackup")
    var name: String

    @Argument(help: "File to write", completion: .file())
    var file: String

    @OptionGroup(title: "Object store") var store: StoreOptions
    @OptionGroup var color: ColorOptions
    @OptionGroup(title: "Kubernetes") var connection: ConnectionOptions

    func run() async throws {
        let console = color.console
        try DownloadTarget(file).check()
        let stores = StoreConnection(store, connection, console: console)
        let snapshot = try await BackedUpSnapshot(of: name, connection.connect(console: console))
        let found = try await interruptible { [file] in
            try await stores.withStore(snapshot.target, secret: snapshot.secret) { store in
                let object = try await store.head(snapshot.key)
                try snapshot.check(object)
                try DownloadTarget(file).requireRoom(for: object.size)
                let report = TransferReport("downloading", on: console)
                return try await report.during {
                    try await store.download(snapshot.key, to: file) { report.record($0, of: object.size) }
                }
            }
        }
        let check = found.metadata?.sha256.map { "SHA-256 \($0) matches" } ?? "no SHA-256 was recorded to compare with"
        try console.print("downloaded to \"\(file.printable())\" (\(found.size) bytes), \(check)")
    }
}
