import KubernetesClient
import ObjectStore
import Synchronization

/// A snapshot that can be mapped: a file of this machine, or an object that was downloaded into a file without a name.
struct LocalSnapshot: Sendable {
    /// As it was typed, for people.
    let name: String
    let path: String
    private let download: UnnamedFile?

    init(file: String) {
        (name, path, download) = (file, file, nil)
    }

    private init(_ name: String, in file: UnnamedFile) {
        (self.name, path, download) = (name, file.path, file)
    }

    /// Where an object is downloaded to, and what becomes of one that is not what was uploaded.
    struct Download: Sendable {
        /// Nil for TMPDIR, else /var/tmp.
        var directory: String?
        /// Bytes that are needed there for each of the snapshot's.
        var room: Int64 = 1
        /// Says so and goes on, for who has no other snapshot.
        var takesDamaged = false
    }

    /// An object is downloaded first and its SHA-256 compared with the one recorded.
    static func of(
        _ text: String, _ connection: StoreConnection, _ download: Download = Download()
    ) async throws -> LocalSnapshot {
        guard let place = try StorePlace(text) else { return LocalSnapshot(file: text) }
        let (target, key) = try place.object(connection.options, environment: connection.environment)
        let temporary = connection.environment["TMPDIR"].flatMap { $0.isEmpty ? nil : $0 } ?? "/var/tmp"
        let hint =
            download.directory == nil ? "name a directory with room in TMPDIR" : "make room, or name another place"
        return try await interruptible {
            try await connection.withStore(target) { store in
                let object = try await store.head(key)
                let file = try UnnamedFile(
                    in: download.directory ?? temporary, size: object.size * download.room, hint: hint)
                do { try await fetch(object, from: store, into: file, connection.console) } catch let error
                    as StoreError
                {
                    guard download.takesDamaged, case .damaged = error else { throw error }
                    connection.console.warning("\(error)".printable())
                }
                return LocalSnapshot(text, in: file)
            }
        }
    }

    private static func fetch(
        _ object: StoredObject, from store: ObjectStore, into file: UnnamedFile, _ console: Console
    ) async throws {
        let report = TransferReport("downloading", on: console)
        let received = Mutex<Int64>(0)
        _ = try await report.during {
            try await store.readVerified(object) { chunk in
                try file.append(chunk)
                let count = received.withLock { count in
                    count += Int64(chunk.count)
                    return count
                }
                report.record(count, of: object.size)
            }
        }
    }

    /// An error's words, about the snapshot as it was named and not as it lies here.
    func renamed(_ words: String) -> String { words.replacing(path, with: name) }
}
