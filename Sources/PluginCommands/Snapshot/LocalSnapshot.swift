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

    /// An object is downloaded first, into `directory`, and its SHA-256 compared with the one recorded.
    static func of(
        _ text: String, in directory: String? = nil, _ connection: StoreConnection
    ) async throws -> LocalSnapshot {
        guard let place = try StorePlace(text) else { return LocalSnapshot(file: text) }
        let (target, key) = try place.object(connection.options, environment: connection.environment)
        let folder = directory ?? connection.environment["TMPDIR"].flatMap { $0.isEmpty ? nil : $0 } ?? "/var/tmp"
        return try await interruptible {
            try await connection.withStore(target) { store in
                let object = try await store.head(key)
                let file = try UnnamedFile(in: folder, size: object.size)
                let report = TransferReport("downloading", on: connection.console)
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
                return LocalSnapshot(text, in: file)
            }
        }
    }
}
