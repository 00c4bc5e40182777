import FoundationEssentials
import Glibc

/// A directory as a store: keys are paths below it. For volumes, and for trying things out.
///
/// What S3 keeps with an object lies in a file beside it, `a/b.db.record.json`. A writer has the object's directory locked
/// for the moment in which both get their names, so that they belong together.
package struct FileBackend: StoreBackend {
    /// Without a slash at its end.
    let root: String

    /// `root` is absolute and need not exist yet.
    package init(_ root: String) {
        self.root = root.count > 1 && root.hasSuffix("/") ? String(root.dropLast()) : root
    }

    package func uri(_ key: String) -> String { "file://\(root)/\(key)" }

    func path(_ key: ObjectKey) -> String { "\(root)/\(key.text)" }

    static let recordSuffix = ".record.json"

    package func layout(forBytes length: Int64?) -> PartLayout { PartLayout(partSize: 1 << 20, parallel: 1) }

    package func head(_ key: ObjectKey) async throws -> StoredObject {
        var object = try stat(key)
        if let record = try? readSmallFile(path(key) + Self.recordSuffix, limit: ObjectRecord.limit) {
            object.metadata = ObjectRecord.metadata(record)
        }
        object.metadata = object.metadata ?? ObjectMetadata()
        return object
    }

    func stat(_ key: ObjectKey) throws(StoreError) -> StoredObject {
        var status = Glibc.stat()
        guard lstat(path(key), &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            guard errno == 0 || errno == ENOENT || errno == ENOTDIR || status.st_mode != 0 else {
                throw .file(path(key), doing: "look at", reason: errorText(errno))
            }
            throw .notFound(uri(key.text))
        }
        return StoredObject(key: key, status)
    }

    package func read(
        _ key: ObjectKey, _ range: ReadRange, tag: String, receive: @Sendable ([UInt8]) async throws -> Void
    ) async throws {
        let descriptor = open(path(key), O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else {
            guard errno != ENOENT else { throw StoreError.notFound(uri(key.text)) }
            throw StoreError.file(path(key), doing: "open", reason: errorText(errno))
        }
        defer { close(descriptor) }
        var status = Glibc.stat()
        guard fstat(descriptor, &status) == 0, StoredObject(key: key, status).tag == tag else {
            throw StoreError.changed(uri(key.text))
        }
        var offset = Int(range.from)
        let end = range.through.map { Int($0) + 1 } ?? Int(status.st_size)
        while offset < end {
            let wanted = min(256 << 10, end - offset)
            var failure: Int32 = 0
            let chunk = [UInt8](unsafeUninitializedCapacity: wanted) { buffer, initialized in
                let count = pread(descriptor, buffer.baseAddress, wanted, offset)
                if count < 0 { failure = errno }
                initialized = max(0, count)
            }
            if failure == EINTR { continue }
            guard !chunk.isEmpty else {
                throw StoreError.file(
                    path(key), doing: "read", reason: failure == 0 ? "it is cut short" : errorText(failure))
            }
            offset += chunk.count
            try await receive(chunk)
        }
    }

    package func delete(_ key: ObjectKey) async throws {
        for path in [path(key), path(key) + Self.recordSuffix] {
            guard unlink(path) == 0 || errno == ENOENT || errno == ENOTDIR else {
                throw StoreError.file(path, doing: "delete", reason: errorText(errno))
            }
        }
    }

    package func put(_ bytes: [UInt8], at key: ObjectKey, _ metadata: ObjectMetadata) async throws -> PutReceipt {
        let upload = try await begin(key, metadata)
        let part = try await upload.send(.bytes(bytes), number: 1, isLast: true)
        return try await upload.complete([part], metadata)
    }

    package func begin(_ key: ObjectKey, _ metadata: ObjectMetadata) async throws -> any PartUpload {
        guard !key.text.hasSuffix(Self.recordSuffix), !key.text.hasSuffix(NewFile.partSuffix) else {
            throw StoreError.invalidKey(key.text, reason: "ends like the files that lie beside objects")
        }
        // Said now rather than after gigabytes; what counts is the naming at the end.
        guard access(path(key), F_OK) != 0 else { throw StoreError.exists(uri(key.text)) }
        try makeDirectories(above: key)
        return try FileUpload(backend: self, key: key, attempt: metadata.upload ?? randomName())
    }

    private func makeDirectories(above key: ObjectKey) throws(StoreError) {
        var folder = ""
        for name in path(key).split(separator: "/").dropLast() {
            folder += "/\(name)"
            guard mkdir(folder, 0o700) == 0 || errno == EEXIST || errno == EISDIR else {
                guard errno == EACCES || errno == EROFS, access(folder, F_OK) == 0 else {
                    throw .file(folder, doing: "create", reason: errorText(errno))
                }
                continue
            }
        }
    }
}

extension StoredObject {
    fileprivate init(key: ObjectKey, _ status: stat) {
        let time = Double(status.st_mtim.tv_sec) + Double(status.st_mtim.tv_nsec) / 1e9
        self.init(
            key: key, size: Int64(status.st_size),
            tag: "\(status.st_ino)-\(status.st_size)-\(status.st_mtim.tv_sec).\(status.st_mtim.tv_nsec)",
            modified: Date(timeIntervalSince1970: time))
    }
}
