import ArgumentParser
import EtcdRecoverModel
import SnapshotFile

struct SnapshotGet: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "get",
        abstract: "Print a key's value from a snapshot, or the key's history.",
        discussion: """
            A pipe or a file gets the value's very bytes. On a terminal, what could not be read is escaped as in keys, \
            unless --raw is given. Ends with 1 when there is no such key. --history lists all that is known of the key since \
            the last compaction, deletions included.

              kubectl etcdrecover snapshot get db.snapshot /registry/configmaps/default/app > app.bin
              kubectl etcdrecover snapshot get db.snapshot /registry/configmaps/default/app --history
              kubectl etcdrecover snapshot get db.snapshot /registry/configmaps/default/app --rev 4100 -o yaml
            """
    )

    @OptionGroup var snapshot: SnapshotArgument

    @Argument(help: "Key, with \\\\ for a backslash and \\xHH for any byte")
    var key: String

    @Option(help: ArgumentHelp("The value as of this revision; else the newest", valueName: "revision"))
    var rev: Int64?

    @Flag(help: "List every version of the key in place of its value")
    var history = false

    @Flag(help: "Write the value's bytes to a terminal as they are")
    var raw = false

    @Option(name: [.customShort("o", allowingJoined: true), .long], help: "Print JSON or YAML")
    var output: DataFormat?

    @OptionGroup var color: ColorOptions
    @OptionGroup(visibility: .hidden) var connection: ConnectionOptions

    func validate() throws {
        if history, rev != nil { throw ValidationError("--history has all revisions; leave out --rev") }
        if raw, history || output != nil { throw ValidationError("--raw prints the value alone; leave it out") }
    }

    func run() throws { try run(on: color.console) }

    func run(on console: Console) throws {
        let key = try keyBytes(key)
        let reading = try SnapshotReading(snapshot.file)
        if history {
            try KeyHistory(reading: reading, key: key).print(as: output, on: console)
        } else {
            let revision = try reading.revision(rev)
            guard let entry = try reading.read({ try $0.version(of: key, at: revision) }) else {
                throw missing(revision: revision)
            }
            try FoundValue(entry: entry, revision: revision).print(as: output, raw: raw, on: console)
        }
    }

    private func missing(revision: Int64) -> CommandFailure {
        CommandFailure(
            "\(snapshot.file) has no key \(key) at revision \(revision)",
            hint: "see what became of it with --history, or the keys there are with: "
                + "kubectl etcdrecover snapshot keys \(snapshot.file) --prefix \(key)")
    }
}

/// What `get` prints.
struct FoundValue {
    var entry: KeyVersion
    /// As of which it was looked for.
    var revision: Int64

    func print(as format: DataFormat?, raw: Bool, on console: Console) throws {
        if let format {
            try console.print(JSONValue.object(members).rendered(as: format))
        } else if raw || !console.isTerminal(.output) {
            try console.print(raw: entry.value.buffer)
        } else {
            try printReadable(on: console)
        }
    }

    private var members: [String: JSONValue] {
        let value = entry.value.jsonMember("value")
        return entry.metadataMembers.merging(StoredValue(entry.value).jsonMembers) { $1 }
            .merging([value.key: value.value, "revision": .int(revision)]) { $1 }
    }

    /// For a terminal: nothing in the value can move its cursor or change its state.
    func printReadable(on console: Console) throws {
        let value = StoredValue(entry.value)
        if let text = String(validating: entry.value.buffer, as: UTF8.self), value.isReadable {
            guard !text.isEmpty else { return console.note("the value is empty") }
            return try console.print(text.printable(keepsLayout: true))
        }
        try console.print(KeyText.text(of: entry.value, asciiOnly: true))
        console.note(
            "note: \(value.description.printable()), \(entry.value.count) bytes, shown with escapes; "
                + "a pipe or --raw has the bytes themselves")
    }
}
