import Cryptography

/// Everything there is to check in a file, with all that is wrong.
package struct Verification: Sendable {
    package let findings: Findings
    package let trailer: TrailerCheck
    /// Pages below the high-water mark, and those of them that hold nothing.
    package let pages: Int
    package let freePages: Int
    /// Entries of all buckets.
    package let entries: Int
    /// Keys that exist; nil when the `key` bucket cannot be read through.
    package let live: LiveCount?

    /// Whether there is no error; warnings may be there.
    package var isSound: Bool { findings.errors == 0 }

    package enum Trailer: Sendable {
        /// As every snapshot that etcd streamed.
        case required
        /// As in a copy of a member's database.
        case optional
    }

    /// Reads the whole file, on two cores.
    /// - Parameter limit: how many findings are kept; all are counted.
    package init(
        of database: Database, trailer expectation: Trailer = .optional, limit: Int = 1000, mostSlotBits: Int = 21
    ) async throws {
        async let trailer = TrailerCheck(database)
        var findings = Findings(limit: limit)
        MetaCheck.run(database, &findings)
        var tree = TreeCheck(database, limit: limit)
        tree.run()
        findings.add(all: tree.findings)
        if tree.findings.errors == 0 {
            live = Self.checkLive(database, mostSlotBits, &findings)
        } else {
            live = nil
        }
        self.trailer = try await trailer
        Self.check(self.trailer, expectation, database, &findings)
        self.findings = findings
        pages = Int(clamping: database.meta.highWater)
        freePages = tree.freePages
        entries = tree.entries
    }

    /// Only where all else was found sound, so that a reader meets nothing new.
    private static func checkLive(
        _ database: Database, _ mostSlotBits: Int, _ findings: inout Findings
    ) -> LiveCount? {
        do {
            var leases = try LeaseCheck(database)
            let keyspace = try Keyspace(database)
            return try LiveCount(in: keyspace, mostSlotBits: mostSlotBits) { lease, entry in
                if let finding = try leases.check(lease, of: entry) { findings.add(finding) }
            }
        } catch {
            if let finding = error as? Finding { findings.add(finding) }
            return nil
        }
    }

    private static func check(
        _ trailer: TrailerCheck, _ expectation: Trailer, _ database: Database, _ findings: inout Findings
    ) {
        switch (trailer.isRight, expectation) {
        case (true?, _), (nil, .optional): break
        case (false?, _):
            findings.add(
                Finding(
                    offset: database.content.count, expected: "the SHA-256 of the file before it, \(trailer.sha256)",
                    found: database.trailer.map { $0.buffer.hexadecimal } ?? "none"))
        case (nil, .required):
            findings.add(
                Finding(
                    offset: database.content.count, expected: "a SHA-256 of 32 bytes at the end, as snapshots have",
                    found: "none: the file was cut off, or is a copy of a member's database"))
        }
    }
}
