@testable import SnapshotFile

/// Everything this module reads from a file, for files that may hold anything. No process survives a trap in it, so
/// that it returns at all is what is tested.
struct Verdict {
    /// Whether the file can be opened as a database, and the verification has no error.
    let isSound: Bool
    let findings: [Finding]

    init(of content: [UInt8], trailer: Verification.Trailer = .required) async throws {
        do {
            let database = try Database(MappedFile(copying: content))
            let verification = try await Verification(of: database, trailer: trailer, limit: 20, mostSlotBits: 14)
            try await Self.readAll(database)
            (isSound, findings) = (verification.isSound, verification.findings.list)
        } catch let finding as Finding {
            (isSound, findings) = (false, [finding])
        }
    }

    /// Each ends in a result or a finding of its own.
    private static func readAll(_ database: Database) async throws {
        try await ignoringFindings { _ = try await SnapshotStatus(of: database, sha256: false) }
        try await ignoringFindings { _ = try HashKV(of: Keyspace(database), windowSize: 64, mostSlotBits: 14) }
        try await ignoringFindings {
            var keys = try LiveKeys(Keyspace(database), batchSize: 64)
            while try keys.next() != nil {}
        }
        try await ignoringFindings {
            try database.forEachBucket { bucket in
                for key in [[], [0], [UInt8](repeating: 0xFF, count: 18)] {
                    _ = try database.entry(of: key, in: bucket)
                }
                _ = try database.lastEntry(of: bucket)
            }
        }
    }

    private static func ignoringFindings(_ body: () async throws -> Void) async throws {
        do {
            try await body()
        } catch is Finding {}
    }
}
