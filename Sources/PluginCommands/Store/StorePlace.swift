import EtcdRecoverModel
import Glibc
import ObjectStore

/// A place in a store, of which the flags are not known yet: `s3://BUCKET/KEY`, `gs://BUCKET/KEY` or `file:///PATH`.
struct StorePlace: Hashable, Sendable, CustomStringConvertible {
    let uri: StoreURI

    /// Nil for what has no scheme, the name of a file. Throws a usage failure for a scheme that is none of a store's.
    init?(_ text: String) throws(CommandFailure) {
        guard text.contains("://") else { return nil }
        do { uri = try StoreURI(text) } catch { throw CommandFailure("\(error)", status: .usage) }
    }

    /// As `init(_:)`, where a file makes no sense.
    init(requiring text: String) throws(CommandFailure) {
        guard let place = try StorePlace(text) else {
            throw CommandFailure(
                "\(text) is no place in a store: write s3://BUCKET/KEY, gs://BUCKET/KEY or file:///PATH",
                status: .usage)
        }
        self = place
    }

    init(uri: StoreURI) { self.uri = uri }

    var description: String { uri.description }

    private var path: String { uri.path }

    /// It names a folder, in which a name is to be found for what is written.
    var isFolder: Bool { path.isEmpty || path.hasSuffix("/") }

    /// A file of this machine, in place of a directory.
    var isRegularFile: Bool {
        guard case .file(let path) = uri else { return false }
        var status = stat()
        return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }

    /// The key of an object of a bucket; nil for a folder, and for a directory of this machine.
    var key: ObjectKey? {
        get throws(CommandFailure) {
            guard !isFolder else { return nil }
            if case .file = uri { return nil }
            return try Self.checked { () throws(StoreError) in try ObjectKey(path) }
        }
    }

    /// One object: its store and its key there.
    func object(
        _ options: StoreOptions, writing: StoreWriteOptions? = nil, environment: [String: String]
    ) throws(CommandFailure) -> (target: StoreTarget, key: ObjectKey) {
        guard !isFolder else {
            throw CommandFailure("\(self) is a folder: name the object in it", status: .usage)
        }
        guard case .file(let path) = uri else {
            return (
                try target(options, writing, environment),
                try Self.checked { () throws(StoreError) in try ObjectKey(path) }
            )
        }
        let slash = path.lastIndex(of: "/") ?? path.startIndex
        let directory = StorePlace(uri: .file(path: slash == path.startIndex ? "/" : String(path[..<slash])))
        return (
            try directory.target(options, writing, environment),
            try Self.checked { () throws(StoreError) in try ObjectKey(String(path[path.index(after: slash)...])) }
        )
    }

    /// All below a folder, whether or not its slash was written; of a directory, all in it.
    func folder(
        _ options: StoreOptions, writing: StoreWriteOptions? = nil, environment: [String: String]
    ) throws(CommandFailure) -> (target: StoreTarget, prefix: KeyPrefix) {
        let target = try target(options, writing, environment)
        if case .file = uri { return (target, .all) }
        return (target, try Self.checked { () throws(StoreError) in try KeyPrefix(path) })
    }

    private func target(
        _ options: StoreOptions, _ writing: StoreWriteOptions?, _ environment: [String: String]
    ) throws(CommandFailure) -> StoreTarget {
        try check(options, writing)
        func variable(_ names: String...) -> String? {
            names.lazy.compactMap { environment[$0] }.first { !$0.isEmpty }
        }
        switch uri {
        case .s3(let bucket, _):
            let endpoint = try Self.url(
                options.endpointURL, "--endpoint-url",
                else: ["AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"], environment)
            let location = S3Location(
                bucket: bucket, region: options.region, endpoint: endpoint, usesPathStyle: options.forcePathStyle)
            return .s3(location, writing?.s3 ?? S3Options())
        case .gcs(let bucket, _):
            let host = options.endpointURL ?? variable("STORAGE_EMULATOR_HOST")
            return .gcs(
                GCSLocation(bucket: bucket, endpoint: host.map { $0.contains("://") ? $0 : "http://\($0)" }))
        case .file(let path): return .directory(path)
        }
    }

    /// Throws for one without a scheme, under the name of what gave it.
    private static func url(
        _ flag: String?, _ name: String, else variables: [String], _ environment: [String: String]
    ) throws(CommandFailure) -> String? {
        let given = [(name, flag)] + variables.map { ($0, environment[$0]) }
        guard let (name, url) = given.first(where: { $0.1?.isEmpty == false }), let url else { return nil }
        guard url.hasPrefix("http://") || url.hasPrefix("https://") else {
            throw CommandFailure("\(name) must begin with http:// or https://, not \"\(url)\"", status: .usage)
        }
        return url
    }

    private func check(_ options: StoreOptions, _ writing: StoreWriteOptions?) throws(CommandFailure) {
        let forS3 = [
            ("--region", options.region != nil), ("--force-path-style", options.forcePathStyle != nil),
            ("--sse", writing?.sse != nil), ("--tag", writing?.tags.isEmpty == false),
        ]
        let forStores = [("--endpoint-url", options.endpointURL != nil), ("--secret", options.secret != nil)]
        let (misplaced, scheme): ([(String, Bool)], String) =
            switch uri {
            case .s3: ([], "")
            case .gcs: (forS3, "s3://")
            case .file: (forS3 + forStores, "s3:// and gs://")
            }
        guard let flag = misplaced.first(where: \.1)?.0 else { return }
        throw CommandFailure("\(flag) is for \(scheme) and not for \(self)", status: .usage)
    }

    private static func checked<Value>(
        _ body: () throws(StoreError) -> Value
    ) throws(CommandFailure) -> Value {
        do { return try body() } catch { throw CommandFailure("\(error)", status: .usage) }
    }
}

extension StoreWriteOptions {
    fileprivate var s3: S3Options {
        let encryption: S3Options.Encryption? =
            switch sse {
            case .aes256: .store
            case .kms: .kms(key: kmsKey)
            case nil: nil
            }
        let pairs = tags.map { tag in
            let parts = tag.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            return (parts[0], parts.count > 1 ? parts[1] : "")
        }
        return S3Options(encryption: encryption, tags: Dictionary(pairs) { $1 })
    }
}
