package import Cryptography

/// The SHA-256 of an image, and whether it is the one behind it.
package struct TrailerCheck: Hashable, Sendable {
    /// Of everything before the trailer.
    package let sha256: Digest
    /// Nil: the file has no trailer, as a copy of a member's database has none.
    package let isRight: Bool?

    /// Reads the whole file. Stops when the task is cancelled.
    package init(_ database: Database) throws {
        var stream = try DigestStream(.sha256)
        let content = database.content
        let step = 4 << 20
        for start in stride(from: 0, to: content.count, by: step) {
            try Task.checkCancellation()
            guard let part = content.slice(at: start, count: min(step, content.count - start)) else { break }
            stream.update(part.buffer.bytes)
        }
        sha256 = stream.finalize()
        isRight = database.trailer.map { [sha256] in $0 == sha256.bytes }
        withExtendedLifetime(database) {}
    }
}
