import ArgumentParser
import EtcdRecoverModel
import SnapshotFile

struct SnapshotDiff: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Compare the keys of two snapshots.",
        discussion: """
            Lists, in key order, the keys that only the second has (added), only the first (removed), and those whose value, \
            revisions or lease differ (changed). Keys are in the text form that "keys" explains. Ends with 0 however many \
            there are, or with --exit-code as diff does: 1 when there are any.

              kubectl etcdrecover snapshot diff yesterday.snapshot today.snapshot
              kubectl etcdrecover snapshot diff db.snapshot db.snapshot --rev-a 4000 --prefix /registry/secrets/
            """
    )

    @Argument(help: "Snapshot to compare from", completion: .file())
    var a: String

    @Argument(help: "Snapshot to compare to", completion: .file())
    var b: String

    @OptionGroup var range: KeyRangeOptions

    @Option(help: ArgumentHelp("The first snapshot's keys as of this revision; else the newest", valueName: "revision"))
    var revA: Int64?

    @Option(
        help: ArgumentHelp("The second snapshot's keys as of this revision; else the newest", valueName: "revision"))
    var revB: Int64?

    @Flag(help: "End with 1 when there are differences")
    var exitCode = false

    @Option(name: [.customShort("o", allowingJoined: true), .long], help: "Print JSON or YAML")
    var output: DataFormat?

    @OptionGroup var color: ColorOptions
    @OptionGroup(visibility: .hidden) var connection: ConnectionOptions

    func validate() throws {
        try SnapshotArgument.refuseStandardInput(a)
        try SnapshotArgument.refuseStandardInput(b)
        try SnapshotArgument.refuseStore(a)
        try SnapshotArgument.refuseStore(b)
    }

    func run() throws { try run(on: color.console) }

    func run(on console: Console) throws {
        let span = try range.span()
        let before = try SnapshotReading(a)
        let after = try SnapshotReading(b)
        let comparison = Comparison(
            before: before, beforeRevision: try before.revision(revA),
            after: after, afterRevision: try after.revision(revB), span: span)
        let counts = try comparison.print(as: output, on: console)
        if exitCode, counts.hasDifferences { throw ExitStatus.failure.exitCode }
    }
}
