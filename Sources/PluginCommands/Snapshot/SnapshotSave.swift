import ArgumentParser
import ClusterAccess
import EtcdRecoverModel
import Glibc

struct SnapshotSave: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "save",
        abstract: "Take a snapshot of a running etcd, or of the data of one that is stopped.",
        usage: """
            kubectl etcdrecover snapshot save CLUSTER|statefulset/NAME|pod/NAME FILE
            kubectl etcdrecover snapshot save --endpoints <urls> FILE
            kubectl etcdrecover snapshot save --from-data-dir <directory> FILE
            kubectl etcdrecover snapshot save ... s3://BUCKET/KEY
            """,
        discussion: """
            All members are asked, and the best one that answers is saved, with or without quorum: no learner, none with a \
            CORRUPT alarm, close to the leader. By name, port, certificates and address are found from the members' pods, \
            which kubectl port-forward leads to.

            The snapshot is written to FILE.part and gets its name when its SHA-256 was found right and the disk has it; \
            after a failure or Ctrl-C no part is left. A copy of a damaged database is named FILE.damaged and ends with 1; \
            what is there as FILE stays.

            FILE may be - for the standard output: what was written there counts only when the command ends with 0. Then its \
            SHA-256 is right; whether the member's database is sound only "snapshot verify" of what arrived can tell.

            FILE may be an object too, s3://BUCKET/KEY, gs://BUCKET/KEY or file:///PATH; one that is there is never \
            overwritten. The snapshot streams into the store, and the object appears only when etcd's SHA-256 was found right. \
            A KEY that ends with a slash is a folder: the object gets a name there as those of backups, which "store prune" \
            knows. Whether the database in it is sound tells "snapshot verify".

            --from-data-dir takes the data directory of a member that does not run, for when no etcd answers any more. It is \
            refused while an etcd has it locked, every page is checked, and the result is a snapshot as any other, with its \
            SHA-256. What the member had acknowledged may be in its log alone: how many entries that are, and how to have \
            them, is said on stderr and in the JSON (missingEntries). Nothing is ever written into that directory.

              kubectl etcdrecover snapshot save main main.db -n databases
              kubectl etcdrecover snapshot save main s3://backups/prod/ -n databases --secret s3-keys
              kubectl etcdrecover snapshot save --endpoints https://10.0.0.1:2379 \\
                --cacert ca.crt --cert client.crt --key client.key node.db
              kubectl etcdrecover snapshot save --from-data-dir /var/lib/etcd node.db
            """
    )

    @Argument(
        help: ArgumentHelp(
            "Whose snapshot, unless --endpoints or --from-data-dir say it, and the file or object",
            valueName: "target-and-file"),
        completion: .file())
    var words: [String]

    @Option(
        help: ArgumentHelp("Data directory of a member that is stopped, or a copy of it", valueName: "directory"),
        completion: .directory)
    var fromDataDir: String?

    @Option(
        help: ArgumentHelp(
            "Where etcd's --wal-dir put the log of that member (default: member/wal)", valueName: "directory"),
        completion: .directory)
    var walDir: String?

    @Flag(help: "Replace FILE if it exists, once the snapshot is whole and sound")
    var overwrite = false

    @Option(help: "How long all of it may take, as 10m; without it only a transfer that stalls is ended")
    var timeout: String?

    @Option(name: [.customShort("o", allowingJoined: true), .long], help: "Print JSON or YAML")
    var output: DataFormat?

    @OptionGroup(title: "etcd") var etcd: EtcdFlags
    @OptionGroup(title: "Object store") var store: StoreOptions
    @OptionGroup var writing: StoreWriteOptions
    @OptionGroup var color: ColorOptions
    @OptionGroup(title: "Kubernetes, for a target by name") var kubernetes: KubernetesOptions

    func validate() throws {
        switch words.count {
        case 1: break
        case 2:
            guard EtcdTarget(words[0]) != nil else {
                throw ValidationError("\"\(words[0])\" is no CLUSTER, statefulset/NAME or pod/NAME")
            }
            guard etcd.endpoints.isEmpty else {
                throw ValidationError("give \(words[0]) or --endpoints, not both")
            }
        default: throw ValidationError("give whose snapshot and one FILE, not \(words.count) names")
        }
        try validateDataDirectory()
        guard let last = words.last, try StorePlace(last) == nil else { return }
        if !writing.isEmpty || !store.isEmpty {
            throw ValidationError(
                "\(last) is a file: leave out the flags of object stores, or give s3://, gs:// or file://")
        }
    }

    private func validateDataDirectory() throws {
        guard fromDataDir != nil else {
            if walDir != nil { throw ValidationError("--wal-dir is for --from-data-dir") }
            return
        }
        guard words.count == 1 else {
            throw ValidationError("give \(words[0]) or --from-data-dir, not both")
        }
        guard !etcd.isGiven else {
            throw ValidationError("--from-data-dir asks no etcd: leave out the flags that lead to one")
        }
        if timeout != nil { throw ValidationError("--timeout is for what a running etcd sends; leave it out") }
    }

    private var place: StorePlace? {
        get throws(CommandFailure) { try StorePlace(words[words.count - 1]) }
    }

    func run() async throws {
        let console = color.console
        let file = words[words.count - 1]
        if let fromDataDir {
            return try await save(
                StoppedMemberSaving(directory: fromDataDir, walDirectory: walDir, console: console), to: file)
        }
        let saving = SnapshotSaving(
            connection: EtcdConnection(etcd: etcd, kubernetes: kubernetes),
            target: words.count == 2 ? EtcdTarget(words[0]) : nil,
            limit: try timeout.map { text throws(CommandFailure) in
                let limit = try duration(text, flag: "--timeout")
                guard limit > .zero else { throw CommandFailure("--timeout must be more than 0", status: .usage) }
                return limit
            }, console: console)
        if let place = try place {
            try refuseOverwriting()
            let stores = StoreConnection(store, kubernetes, console: console)
            let saved = try await interruptible { [writing] in
                try await saving.save(to: place, stores, writing)
            }
            do { return try console.print(output.map { saved.json.rendered(as: $0) } ?? saved.text) } catch {
                // It is there all the same.
                console.note(saved.text.printable(keepsLayout: true))
                throw error
            }
        }
        let saved = try await interruptible { [overwrite] in
            file == "-" ? try await saving.stream() : try await saving.save(to: file, overwrites: overwrite)
        }
        guard file != "-" else { return console.note(saved.text) }
        guard let damage = saved.damage, let copy = saved.file else {
            return try console.print(output.map { saved.json.rendered(as: $0) } ?? saved.text)
        }
        if let output { try console.print(saved.json.rendered(as: output)) }
        throw CommandFailure(
            "the database of \(saved.member.name) is damaged: \(damage)\n"
                + "its copy is kept as \(copy), and \(file) \(access(file, F_OK) == 0 ? "stays as it was" : "was not written")",
            hint: "save another member, alone in --endpoints or as pod/NAME; list the damage with: "
                + "kubectl etcdrecover snapshot verify \(copy)")
    }
    private func save(_ saving: StoppedMemberSaving, to file: String) async throws {
        let console = saving.console
        let place = try place
        if place != nil { try refuseOverwriting() }
        let stores = StoreConnection(store, kubernetes, console: console)
        let saved = try await interruptible { [overwrite, writing] in
            if let place { return try await saving.save(to: place, stores, writing) }
            return file == "-" ? try await saving.stream() : try await saving.save(to: file, overwrites: overwrite)
        }
        guard file != "-" else { return console.note(saved.text) }
        try console.print(output.map { saved.json.rendered(as: $0) } ?? saved.text)
    }

    private func refuseOverwriting() throws(CommandFailure) {
        guard overwrite else { return }
        throw CommandFailure("--overwrite is for files: objects are never overwritten", status: .usage)
    }
}
