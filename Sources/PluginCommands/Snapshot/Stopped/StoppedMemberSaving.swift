import FoundationEssentials
import Glibc
import ObjectStore
import SnapshotFile

/// Saving the database of a member that does not run: look whether it is sound and what its log has beyond it, then take
/// it to where it is to go.
struct StoppedMemberSaving: Sendable {
    var directory: String
    /// Nil: where etcd puts it by itself.
    var walDirectory: String?
    var console: Console

    /// To `path`, by way of its part. Leaves nothing behind when it fails.
    func save(to path: String, overwrites: Bool) async throws -> SavedDatabase {
        let member = try open()
        try refuse(path, in: member)
        let part = try SnapshotSavePart(path, overwrites: overwrites)
        if part.tookOver { console.note("note: \(part.partPath), which an interrupted save left, is written anew") }
        var saved: SavedDatabase
        do {
            saved = try await look(member)
            let image = try StoppedMemberImage(member)
            try part.requireSpace(for: Int64(image.count))
            saved.bytes = try await copy(image) { bytes, offset in try part.write(bytes, at: offset) }
            try part.sync()
            try check(part.partPath)
            saved.sha256 = image.sha256
        } catch {
            part.remove()
            if Task.isCancelled { console.note("interrupted; nothing was kept") }
            throw error
        }
        try part.publish()
        saved.file = path
        return saved
    }

    /// To the standard output.
    func stream() async throws -> SavedDatabase {
        let output = try SnapshotSaving.pipe(console)
        let member = try open()
        var saved = try await look(member)
        let image = try StoppedMemberImage(member)
        do {
            saved.bytes = try await copy(image) { bytes, _ in try SnapshotSaving.write(bytes, to: output) }
        } catch {
            if Task.isCancelled { console.note("interrupted; what was written is no snapshot") }
            throw error
        }
        saved.sha256 = image.sha256
        return saved
    }

    /// Into a store. The object comes to be only when all of it has arrived.
    func save(to place: StorePlace, _ stores: StoreConnection, _ writing: StoreWriteOptions) async throws
        -> SavedDatabase
    {
        let member = try open()
        if case .file(let path) = place.uri { try refuse(path, in: member) }
        let environment = stores.environment
        if place.isFolder {
            let (target, prefix) = try place.folder(stores.options, writing: writing, environment: environment)
            return try await stores.withStore(target) { store in
                try await upload(member, to: store) { saved, time in
                    try SnapshotName.key(prefix: prefix, cluster: saved.cluster, backup: "snapshot", time: time)
                }
            }
        }
        let (target, key) = try place.object(stores.options, writing: writing, environment: environment)
        return try await stores.withStore(target) { store in try await upload(member, to: store) { _, _ in key } }
    }

    private func upload(
        _ member: StoppedMember, to store: ObjectStore, as key: @Sendable (SavedDatabase, Date) throws -> ObjectKey
    ) async throws -> SavedDatabase {
        var saved = try await look(member)
        let time = Date.now
        let key = try key(saved, time)
        let image = try StoppedMemberImage(member)
        let metadata = ObjectMetadata(
            cluster: saved.cluster, member: saved.memberName, etcdVersion: member.metadata.storageVersion,
            revision: saved.summary.revision, time: time)
        let report = TransferReport("saving", on: console)
        do {
            let receipt = try await report.during { [console] in
                try await store.put(
                    image, at: key, length: Int64(image.count), metadata: metadata,
                    progress: { report.record($0, of: Int64(image.count)) },
                    leavesParts: { console.warnOfParts(at: store.uri(key), $0) }
                ) { _ in metadata }
            }
            saved.object = (store.uri(key), receipt)
            saved.bytes = receipt.object.size
            saved.sha256 = image.sha256
        } catch {
            if Task.isCancelled { console.note("interrupted; there is no object") }
            throw error
        }
        return saved
    }
}

// MARK: - The member

extension StoppedMemberSaving {
    /// Throws while an etcd runs on the directory.
    private func open() throws -> StoppedMember {
        do { return try StoppedMember(directory: directory, walDirectory: walDirectory) } catch let error
            as SnapshotFile.Finding
        {
            throw Self.damaged(try StoppedMember.databasePath(in: directory), [error], count: 1)
        } catch let error as StoppedMemberError {
            var hint: String?
            if case .running = error { hint = Self.throughEndpoint }
            throw CommandFailure("\(error)", hint: hint)
        } catch let error as MappingError {
            var hint: String?
            if case .locked = error { hint = Self.throughEndpoint }
            throw CommandFailure("\(error)", hint: hint)
        } catch let error as WALError {
            throw CommandFailure(
                "\(error)", hint: "--wal-dir names the directory with the log's files, NUMBER-INDEX.wal")
        }
    }

    private static let throughEndpoint =
        "while it runs: kubectl etcdrecover snapshot save --endpoints https://127.0.0.1:2379 --cacert … --cert … --key … FILE"

    private func refuse(_ path: String, in member: StoppedMember) throws {
        guard path != "-", try member.holds(path) else { return }
        throw CommandFailure(
            "\(path) lies in the data directory \(directory), where nothing is ever written: name a place outside of it",
            status: .usage)
    }

    /// Everything is checked before a byte is written: a copy that was made of a running member's file may be torn.
    private func look(_ member: StoppedMember) async throws -> SavedDatabase {
        let verification = try await Verification(of: member.database)
        guard verification.isSound else {
            let errors = verification.findings.list.filter { $0.severity == .error }
            throw Self.damaged(member.databasePath, errors, count: verification.findings.errors)
        }
        let saved = SavedDatabase(of: member, directory, summary: try SnapshotSummary(of: member.database))
        console.note("saving \(saved.sentence)".printable())
        for warning in saved.warnings { console.warning(warning.printable(keepsLayout: true)) }
        return saved
    }

    private static func damaged(_ path: String, _ errors: [SnapshotFile.Finding], count: Int) -> CommandFailure {
        CommandFailure(
            "\(path) is damaged, or was copied while its etcd ran:" + errors.prefix(3).map { "\n  \($0)" }.joined()
                + (count > 3 ? "\n  and \(count - 3) more" : "") + "\nnothing was written",
            hint: "save another member; all that is wrong lists: kubectl etcdrecover snapshot verify \(path)")
    }

    /// Returns the bytes that went through.
    private func copy(
        _ image: StoppedMemberImage, to write: @escaping @Sendable (UnsafeRawBufferPointer, Int64) throws -> Void
    ) async throws -> Int64 {
        let report = TransferReport("saving", on: console)
        return try await report.during {
            var offset: Int64 = 0
            for try await chunk in image {
                try chunk.withUnsafeBytes { try write($0, offset) }
                offset += Int64(chunk.count)
                report.record(offset, of: Int64(image.count))
            }
            return offset
        }
    }

    /// What the disk has is read again.
    private func check(_ path: String) throws {
        // The lock is our own.
        guard try TrailerCheck(Database(path: path, readingLocked: true)).isRight == true else {
            throw CommandFailure("\(path) does not read back as what was written", hint: "name a place on another disk")
        }
    }
}
