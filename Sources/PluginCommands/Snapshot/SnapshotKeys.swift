import ArgumentParser
import EtcdRecoverModel
import SnapshotFile

struct SnapshotKeys: ParsableCommand {
    enum Format: String, CaseIterable, ExpressibleByArgument, Sendable { case wide, json, yaml }

    static let configuration = CommandConfiguration(
        commandName: "keys",
        abstract: "List the keys in a snapshot, without etcd.",
        discussion: """
            Prints the keys that are live at the newest revision, or at --rev, one a line and in etcd's order. Readable \
            characters stand as they are, a backslash as \\\\ and every other byte as \\xHH; keys are typed the same way. \
            JSON and YAML have a key that is no UTF-8 as keyBase64.

              kubectl etcdrecover snapshot keys db.snapshot --prefix /registry/secrets/ -o wide
              kubectl etcdrecover snapshot keys db.snapshot --from /registry/pods/a --to /registry/pods/b
            """
    )

    @OptionGroup var snapshot: SnapshotArgument
    @OptionGroup var range: KeyRangeOptions

    @Option(help: ArgumentHelp("The keys as of this revision; else the newest", valueName: "revision"))
    var rev: Int64?

    @Option(help: "At most so many keys; 0 for all")
    var limit = 0

    @Option(
        name: [.customShort("o", allowingJoined: true), .long],
        help: "Print sizes, revisions and leases too, or JSON or YAML")
    var output: Format?

    @OptionGroup var color: ColorOptions
    @OptionGroup(visibility: .hidden) var connection: ConnectionOptions

    func validate() throws {
        guard limit >= 0 else { throw ValidationError("--limit must be 0 or more, not \(limit)") }
    }

    func run() throws { try run(on: color.console) }

    func run(on console: Console) throws {
        let span = try range.span()
        let reading = try SnapshotReading(snapshot.file)
        let list = KeyList(reading: reading, span: span, revision: try reading.revision(rev), limit: limit)
        switch output {
        case nil: try list.print(on: console)
        case .wide: try list.printTable(on: console)
        case .json: try list.printData(as: .json, on: console)
        case .yaml: try list.printData(as: .yaml, on: console)
        }
    }
}

/// What `keys` prints.
struct KeyList {
    var reading: SnapshotReading
    var span: KeySpan
    var revision: Int64
    /// 0 for none.
    var limit: Int

    func print(on console: Console) throws {
        var output = OutputBuffer(console)
        var isEmpty = true
        try forEach { entry in
            isEmpty = false
            try output.write(KeyText.text(of: entry.key) + "\n")
        }
        try output.flush()
        if isEmpty { noteNone(on: console) }
    }

    func printTable(on console: Console) throws {
        var table = StreamedTable(columns: ["SIZE", "CREATED", "MODIFIED", "VERSION", "LEASE", "KEY"], on: console)
        var isEmpty = true
        try forEach { entry in
            isEmpty = false
            try table.add([
                "\(entry.value.count)", "\(entry.createRevision)", "\(entry.modRevision)", "\(entry.version)",
                leaseText(entry.lease), KeyText.text(of: entry.key),
            ])
        }
        if isEmpty { noteNone(on: console) } else { try table.finish() }
    }

    private func noteNone(on console: Console) {
        console.note("No such keys in \(reading.file) at revision \(revision).")
    }

    func printData(as format: DataFormat, on console: Console) throws {
        var list = DataList("keys", as: format, on: console)
        let isWhole = try forEach { entry in try list.append(entry.metadata) }
        try list.finish(["more": .bool(!isWhole), "revision": .int(revision)])
    }

    /// False when the limit ended it.
    @discardableResult
    private func forEach(_ body: (KeyVersion) throws -> Void) throws -> Bool {
        var left = limit == 0 ? Int.max : limit
        return try reading.read { keyspace in
            try keyspace.forEachLiveKey(in: span, at: revision) { entry in
                guard left > 0 else { return false }
                left -= 1
                try body(entry)
                return true
            }
        }
    }
}

extension KeyVersion {
    /// All but the value.
    var metadata: JSONValue { .object(metadataMembers) }

    var metadataMembers: [String: JSONValue] {
        let key = self.key.jsonMember("key")
        var members: [String: JSONValue] = [
            key.key: key.value, "createRevision": .int(createRevision), "modRevision": .int(modRevision),
            "version": .int(version), "size": .int(Int64(value.count)),
        ]
        if lease != 0 { members["lease"] = .string(leaseText(lease)) }
        return members
    }
}
