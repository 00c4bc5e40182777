import FoundationEssentials
import HTTP

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
                if let recorded = try await record(ObjectRecord.key(of: key, upload: upload), of: upload) {
                    object.metadata = metadata.merging(recorded)
                } else {
                    object.recordProblem = .unreadable
                }
            } catch StoreError.notFound {
                object.recordProblem = .missing
            }
        }
        return object
    }

    /// What a record says; `nil` where it is not one of that upload.
    private func record(_ key: ObjectKey, of upload: String) async throws -> ObjectMetadata? {
        do {
            return ObjectRecord.metadata(try await contents(of: key, limit: ObjectRecord.limit), of: upload)
        } catch StoreError.unreachable(_, _, .bodyTooLarge, _) {
            return nil
        }
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

    /// Removes records that were written before `time` and whose object never came to be. A name like a record's is not
    /// enough: it has to say of itself which upload it is of. `entries` gives a page of all objects, records among them.
    func sweepRecords(
        before time: Date, entries: (_ page: String?) async throws -> (objects: [StoredObject], next: String?)
    ) async throws -> [SweptUpload] {
        var keys: Set<ObjectKey> = []
        var records: [(object: StoredObject, owner: ObjectKey, upload: String)] = []
        var page: String?
        repeat {
            let (objects, next) = try await entries(page)
            for object in objects {
                if let owner = ObjectRecord.owner(of: object.key.text) {
                    guard object.modified < time, object.size <= ObjectRecord.limit else { continue }
                    records.append((object, ObjectKey(trusted: owner.key), owner.upload))
                } else {
                    keys.insert(object.key)
                }
            }
            page = next
        } while page != nil
        var swept: [SweptUpload] = []
        for (object, owner, upload) in records where !keys.contains(owner) {
            // What is gone meanwhile, or not for us to read, is left alone.
            do { guard try await record(object.key, of: upload) != nil else { continue } } catch StoreError.notFound {
                continue
            } catch StoreError.denied {
                continue
            }
            try await remove(object.key)
            swept.append(SweptUpload(key: owner.text, began: object.modified))
        }
        return swept
    }
}
