import ArgumentParser
import SnapshotFile

/// The file that a command reads.
struct SnapshotArgument: ParsableArguments {
    @Argument(help: "Snapshot, or a member's member/snap/db", completion: .file())
    var file: String

    func validate() throws { try Self.refuseStandardInput(file) }

    static func refuseStandardInput(_ file: String) throws {
        guard file == "-" else { return }
        throw ValidationError("a snapshot is read in place and cannot come through a pipe; save it to a file first")
    }

    func open() throws(CommandFailure) -> Database { try Self.open(file) }

    static func open(_ file: String) throws(CommandFailure) -> Database {
        do {
            return try Database(path: file)
        } catch let finding as SnapshotFile.Finding {
            throw CommandFailure(
                "\(file) is no snapshot and no etcd database, or its beginning is damaged: \(finding)",
                hint: "see what is left of it with: kubectl etcdrecover snapshot verify \(file)")
        } catch {
            throw CommandFailure("\(error)")
        }
    }
}

extension CommandFailure {
    /// For damage that was met while reading `file`.
    init(damagedAt finding: SnapshotFile.Finding, in file: String) {
        self.init(
            "\(file) is damaged: \(finding)",
            hint: "list everything that is wrong with: kubectl etcdrecover snapshot verify \(file)")
    }
}
