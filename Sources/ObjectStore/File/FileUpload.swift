import Glibc

/// A file on its way: written aside, then named.
struct FileUpload: PartUpload {
    let backend: FileBackend
    let key: ObjectKey
    private let attempt: String
    private let data: NewFile

    init(backend: FileBackend, key: ObjectKey, attempt: String) throws {
        self.backend = backend
        self.key = key
        self.attempt = attempt
        data = try NewFile(backend.path(key), attempt: attempt)
    }

    /// Parts come one after the other.
    func send(_ part: PartBody, number: Int, isLast: Bool) async throws -> PartReceipt {
        guard let bytes = part.bytes else {
            throw StoreError.file(data.partPath, doing: "write", reason: "the part is not in memory")
        }
        try data.append(bytes[...])
        return PartReceipt(number: number, tag: "", size: Int64(bytes.count))
    }

    func complete(_ parts: [PartReceipt], _ metadata: ObjectMetadata) async throws -> PutReceipt {
        try data.synchronize()
        let recordPath = data.path + FileBackend.recordSuffix
        let recordKey = key.text + FileBackend.recordSuffix
        let record = try NewFile(recordPath, attempt: attempt)
        try record.append(try ObjectRecord.bytes(metadata)[...])
        try record.synchronize()
        try withDirectoryLocked {
            guard access(data.path, F_OK) != 0 else { throw StoreError.exists(backend.uri(key.text)) }
            // What a writer left that died between the two; a file of somebody else's stays.
            if let left = try readFileIfThere(recordPath, upTo: ObjectRecord.limit + 1) {
                guard ObjectRecord.metadata(left) != nil else { throw StoreError.exists(backend.uri(recordKey)) }
                unlink(recordPath)
            }
            try record.rename()
            do {
                try data.rename()
            } catch {
                unlink(recordPath)
                guard case .exists = error as? StoreError else { throw error }
                throw StoreError.exists(backend.uri(key.text))
            }
        }
        try synchronizeDirectory(of: data.path)
        var object = try backend.stat(key)
        object.metadata = metadata
        return PutReceipt(object: object, guarded: .condition)
    }

    /// The files go with their last references.
    func abort() async throws {
        data.discard()
    }

    /// Where the file system knows no locks, the link that never replaces is what is left.
    private func withDirectoryLocked(_ body: () throws -> Void) throws {
        let folder = data.path.lastIndex(of: "/").map { String(data.path[..<$0]) } ?? "/"
        let descriptor = open(folder.isEmpty ? "/" : folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw StoreError.file(folder, doing: "open", reason: errorText(errno)) }
        defer { close(descriptor) }
        // Held for a few renames by whoever else has it.
        _ = flock(descriptor, LOCK_EX)
        try body()
    }
}
