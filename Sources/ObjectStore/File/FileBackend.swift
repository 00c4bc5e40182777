import FoundationEssentials
import Glibc

/// A directory as a store: keys are paths below it. For volumes, and for trying things out.
///
/// What S3 keeps with an object lies in a file beside it, `a/b.db.record.json`. A writer has the object's directory locked
/// for the moment in which both get their names, so that they belong together.
package struct FileBackend: StoreBackend {
    /// Without a slash at its end: empty where it is all of the file system.
    let root: String

    /// `root` is absolute. It has to be there when something is asked: what is made on the way to a volume that is not
    /// mounted fills another one.
    package init(_ root: String) {
        self.root = String(root.reversed().drop { $0 == "/" }.reversed())
    }

    package func uri(_ key: String) -> String { "file://\(root)/\(key)" }

    func path(_ key: ObjectKey) -> String { "\(root)/\(key.text)" }

    static let recordSuffix = ".record.json"

    package func layout(forBytes length: Int64?) -> PartLayout { PartLayout(partSize: 1 << 20, parallel: 1) }

    package func head(_ key: ObjectKey) async throws -> StoredObject {
        var object = try stat(key)
        object.metadata = ObjectMetadata()
        guard let record = try readFileIfThere(path(key) + Self.recordSuffix, upTo: ObjectRecord.limit + 1) else {
            return object
        }
        if let recorded = ObjectRecord.metadata(record) {
            object.metadata = recorded
        } else {
            object.recordProblem = .unreadable
        }
        return object
    }

    func checkRoot() throws(StoreError) {
        var status = Glibc.stat()
        guard fstatat(AT_FDCWD, "\(root)/", &status, 0) != 0 else { return }
        guard errno != ENOENT else { throw .noBucket("file://\(root)") }
        throw .file(root, doing: "look at", reason: errorText(errno))
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
        try checkRoot()
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
        try checkRoot()
        try makeDirectories(above: key)
        return try FileUpload(backend: self, key: key, attempt: metadata.upload ?? randomName())
    }

    /// Those below the root. A file on the disk is no more lasting than the names that lead to it.
    func makeDirectories(above key: ObjectKey) throws(StoreError) {
        var folder = root
        for name in key.text.split(separator: "/").dropLast() {
            folder += "/\(name)"
            if mkdir(folder, 0o700) == 0 {
                try synchronizeDirectory(of: folder)
            } else {
                // Where nothing may be made, that is said of directories that are there too.
                let failure = errno
                guard failure == EEXIST || access(folder, F_OK) == 0 else {
                    throw .file(folder, doing: "create", reason: errorText(failure))
                }
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
