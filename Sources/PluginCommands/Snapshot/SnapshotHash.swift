import ArgumentParser
import EtcdRecoverModel
import SnapshotFile

struct SnapshotHash: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hash",
        abstract: "Compute etcd's HashKV of a snapshot, to compare it with a running member's.",
        discussion: """
            The number is the one that a member answers for the same revision, so equal numbers mean equal keys, values and \
            history. Compare only where the compaction revisions are equal too. etcdctl prints the decimal form.

              kubectl etcdrecover snapshot hash db.snapshot --rev 4193
              etcdctl endpoint hashkv --rev 4193 -w json
            """
    )

    @OptionGroup var snapshot: SnapshotArgument

    @Option(help: ArgumentHelp("The keys up to this revision; else the newest", valueName: "revision"))
    var rev: Int64?

    @Option(name: [.customShort("o", allowingJoined: true), .long], help: "Print JSON or YAML")
    var output: DataFormat?

    @OptionGroup var color: ColorOptions
    @OptionGroup(visibility: .hidden) var connection: ConnectionOptions

    func run() throws { try run(on: color.console) }

    func run(on console: Console) throws {
        let reading = try SnapshotReading(snapshot.file)
        let revision = try reading.revision(rev)
        let hash = try reading.read { try HashKV(of: $0, at: revision) }
        try console.print(output.map { hash.json.rendered(as: $0) } ?? hash.sentence)
    }
}

extension HashKV {
    fileprivate var sentence: String {
        "hash \(hash.hexadecimal) (\(hash)), revision \(revision), compact revision \(compactRevision)"
    }

    fileprivate var json: JSONValue {
        [
            "hash": .string(hash.hexadecimal), "hashDecimal": .int(Int64(hash)), "revision": .int(revision),
            "compactRevision": .int(compactRevision),
        ]
    }
}

extension UInt32 {
    /// Eight lower-case digits.
    var hexadecimal: String {
        let digits = String(self, radix: 16)
        return String(repeating: "0", count: 8 - digits.count) + digits
    }
}
