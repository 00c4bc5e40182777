import SnapshotFile

/// An open snapshot, with failures that name the file and the next step.
struct SnapshotReading {
    let file: String
    let keyspace: Keyspace

    init(_ file: String) throws(CommandFailure) {
        self.file = file
        let database = try SnapshotArgument.open(file)
        do {
            keyspace = try Keyspace(database)
        } catch {
            throw CommandFailure(damagedAt: error, in: file)
        }
    }

    /// The revision asked for, or the newest.
    func revision(_ asked: Int64?) throws(CommandFailure) -> Int64 {
        do {
            return try keyspace.resolve(asked)
        } catch {
            throw CommandFailure("\(file): \(error)")
        }
    }

    /// Runs `body`; damage that it meets is reported with the file's name.
    func read<Value>(_ body: (Keyspace) throws -> Value) throws -> Value {
        do {
            return try body(keyspace)
        } catch let finding as SnapshotFile.Finding {
            throw CommandFailure(damagedAt: finding, in: file)
        }
    }
}
