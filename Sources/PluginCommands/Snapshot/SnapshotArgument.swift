import ArgumentParser
import SnapshotFile

/// The file that a command reads where it lies.
struct SnapshotArgument: ParsableArguments {
    @Argument(help: "Snapshot, or a member's member/snap/db", completion: .file())
    var file: String

    func validate() throws {
        try Self.refuseStandardInput(file)
        try Self.refuseStore(file)
    }

    static func refuseStandardInput(_ file: String) throws {
        guard file == "-" else { return }
        throw ValidationError("a snapshot is read in place and cannot come through a pipe; save it to a file first")
    }

    static func refuseStore(_ file: String) throws {
        guard try StorePlace(file) != nil else { return }
        throw ValidationError(
            "this command reads a file: download it first, with kubectl etcdrecover store download \(file) FILE")
    }

    static func open(_ file: String) throws(CommandFailure) -> Database { try open(LocalSnapshot(file: file)) }

    static func open(_ snapshot: LocalSnapshot) throws(CommandFailure) -> Database {
        do {
            return try Database(path: snapshot.path)
        } catch let finding as SnapshotFile.Finding {
            throw CommandFailure(
                "\(snapshot.name) is no snapshot and no etcd database, or its beginning is damaged: \(finding)",
                hint: "see what is left of it with: kubectl etcdrecover snapshot verify \(snapshot.name)")
        } catch {
            throw CommandFailure(snapshot.renamed("\(error)"))
        }
    }
}

/// The file or object that a command reads.
struct SnapshotSourceArgument: ParsableArguments {
    @Argument(
        help: ArgumentHelp(
            "Snapshot, or a member's member/snap/db; or s3://BUCKET/KEY, gs://BUCKET/KEY, file:///PATH",
            valueName: "file"),
        completion: .file())
    var name: String

    func validate() throws {
        try SnapshotArgument.refuseStandardInput(name)
        _ = try StorePlace(name)
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
