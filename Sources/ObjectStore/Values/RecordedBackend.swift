import FoundationEssentials

/// A store that takes an object's metadata before its first byte only: what becomes known later lies in a record beside it.
protocol RecordedBackend: StoreBackend {
    /// As the store itself has it, without the record.
    func object(_ key: ObjectKey) async throws -> StoredObject
    /// The whole of a small object.
    func contents(of key: ObjectKey, limit: Int) async throws -> [UInt8]
    /// Writes a small object, in place of another where there is one.
    func write(_ bytes: [UInt8], at key: ObjectKey) async throws
    /// An object that is not there counts as removed.
    func remove(_ key: ObjectKey) async throws
}

extension RecordedBackend {
    package func head(_ key: ObjectKey) async throws -> StoredObject {
        var object = try await object(key)
        if let metadata = object.metadata, let upload = metadata.upload, metadata.sha256 == nil {
            do {
                let record = try await contents(
                    of: ObjectRecord.key(of: key, upload: upload), limit: ObjectRecord.limit)
                object.metadata = metadata.merging(ObjectRecord.metadata(record) ?? ObjectMetadata())
            } catch StoreError.notFound {
                // Its digest is not known then, and says so by being absent.
            }
        }
        return object
    }

    package func delete(_ key: ObjectKey) async throws {
        // The record goes after the object: alone it is no more than a leftover, which the sweep knows.
        let upload: String?
        do { upload = try await object(key).metadata?.upload } catch StoreError.notFound { return }
        try await remove(key)
        if let upload { try await remove(ObjectRecord.key(of: key, upload: upload)) }
    }

    func writeRecord(of key: ObjectKey, _ metadata: ObjectMetadata) async throws {
        guard let upload = metadata.upload else { return }
        try await write(try ObjectRecord.bytes(metadata), at: ObjectRecord.key(of: key, upload: upload))
    }

    /// Of an upload that was aborted, unless its object is there after all.
    func removeRecord(of key: ObjectKey, upload: String) async throws {
        do {
            guard try await object(key).metadata?.upload != upload else { return }
        } catch StoreError.notFound {
            // As it should be.
        }
        try await remove(ObjectRecord.key(of: key, upload: upload))
    }

    /// Records that were written before `time` and whose object never came to be. `entries` gives a page of all objects,
    /// records among them.
    func sweepRecords(
        before time: Date, entries: (_ page: String?) async throws -> (objects: [StoredObject], next: String?)
    ) async throws {
        var keys: Set<ObjectKey> = []
        var records: [(record: ObjectKey, owner: ObjectKey)] = []
        var page: String?
        repeat {
            let (objects, next) = try await entries(page)
            for object in objects {
                if let owner = ObjectRecord.owner(of: object.key.text) {
                    if object.modified < time { records.append((object.key, ObjectKey(trusted: owner.key))) }
                } else {
                    keys.insert(object.key)
                }
            }
            page = next
        } while page != nil
        for (record, owner) in records where !keys.contains(owner) { try await remove(record) }
    }
}
