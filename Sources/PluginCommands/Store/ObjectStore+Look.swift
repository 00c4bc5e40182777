import ObjectStore

extension ObjectStore {
    /// Nil for one that was deleted since it was listed.
    func headIfThere(_ key: ObjectKey) async throws -> StoredObject? {
        do { return try await head(key) } catch StoreError.notFound { return nil }
    }

    func uri(of folder: KeyPrefix) -> String { backend.uri(folder.text) }

    /// All objects below a folder with what is recorded of each, in key order; a few are asked for at a time.
    func forEachObject(below folder: KeyPrefix, _ body: (StoredObject) async throws -> Void) async throws {
        var batch: [ObjectKey] = []
        for try await listed in objects(below: folder) {
            batch.append(listed.key)
            guard batch.count == Self.looksAtATime else { continue }
            for object in try await heads(of: batch) { try await body(object) }
            batch.removeAll()
        }
        for object in try await heads(of: batch) { try await body(object) }
    }

    private static let looksAtATime = 16

    private func heads(of keys: [ObjectKey]) async throws -> [StoredObject] {
        try await withThrowingTaskGroup(of: (Int, StoredObject?).self) { group in
            for (index, key) in keys.enumerated() { group.addTask { (index, try await headIfThere(key)) } }
            var found: [(Int, StoredObject)] = []
            for try await (index, object) in group {
                if let object { found.append((index, object)) }
            }
            return found.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }
}
