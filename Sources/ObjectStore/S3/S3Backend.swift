import FoundationEssentials
package import HTTP
import HTTPTypes

/// Amazon S3 and the stores that speak its language.
package struct S3Backend: RecordedBackend {
    let client: S3Client
    let options: S3Options
    let clock: StoreClock

    /// `credentials` nil: requests go unsigned. `http` should have `sharesConnections` off.
    package init(
        _ location: S3Location, http: HTTPClient, credentials: CredentialCache<AWSCredentials>?,
        options: S3Options = S3Options(), deadlines: StoreDeadlines = StoreDeadlines(),
        policy: RetryPolicy = RetryPolicy(), clock: StoreClock = .system
    ) {
        client = S3Client(
            location, http: http, credentials: credentials, deadlines: deadlines, policy: policy, clock: clock,
            sendsContentMD5: options.sendsContentMD5 || options.retention != nil)
        self.options = options
        self.clock = clock
    }

    package func uri(_ key: String) -> String { client.uri(key) }

    package func layout(forBytes length: Int64?) -> PartLayout {
        .s3(forBytes: length, mark: Self.partMark, parallel: options.parallelParts)
    }

    func object(_ key: ObjectKey) async throws -> StoredObject {
        let response = try await client.send(S3Call(operation: .head, method: .head, key: key.text))
        return try object(key, response.head, .head)
    }

    func contents(of key: ObjectKey, limit: Int) async throws -> [UInt8] {
        try await client.send(S3Call(operation: .read, method: .get, key: key.text, bodyLimit: limit)).body
    }

    func write(_ bytes: [UInt8], at key: ObjectKey) async throws {
        let fields = [(name: "content-type", value: "application/json")] + options.fields
        _ = try await client.send(
            S3Call(operation: .put, method: .put, key: key.text, fields: fields, body: .bytes(bytes)))
    }

    func remove(_ key: ObjectKey) async throws {
        _ = try await client.send(S3Call(operation: .delete, method: .delete, key: key.text), accepting: [404])
    }

    private func object(
        _ key: ObjectKey, _ head: ResponseHead, _ operation: StoreError.Operation
    ) throws -> StoredObject {
        func field(_ name: String) -> String? { HTTPField.Name(name).flatMap { head.headers[$0] } }
        guard let size = head.headers[.contentLength].flatMap({ Int64($0) }), let tag = head.headers[.eTag] else {
            throw StoreError.unusableAnswer(uri(key.text), operation, reason: "no Content-Length or no ETag")
        }
        let retainUntil = field("x-amz-object-lock-retain-until-date").flatMap(S3Time.iso8601)
        let hasHold = field("x-amz-object-lock-legal-hold") == "ON"
        return StoredObject(
            key: key, size: size, tag: tag,
            modified: head.headers[.lastModified].flatMap(S3Time.http) ?? Date(timeIntervalSince1970: 0),
            metadata: ObjectMetadata { field("x-amz-meta-\($0)") },
            lock: retainUntil != nil || hasHold ? ObjectLock(retainUntil: retainUntil, hasLegalHold: hasHold) : nil)
    }

    package func read(
        _ key: ObjectKey, _ range: ReadRange, tag: String, receive: @Sendable ([UInt8]) async throws -> Void
    ) async throws {
        let fields = [
            (name: "range", value: "bytes=\(range.from)-\(range.through.map(String.init) ?? "")"),
            (name: "if-match", value: tag),
        ]
        let call = S3Call(operation: .read, method: .get, key: key.text, fields: fields, deadlines: .transfer)
        try await client.stream(call) { head, body in
            guard head.headers[.eTag].map({ $0 == tag }) ?? true else { throw StoreError.changed(uri(key.text)) }
            // A store without ranges sends all of it; one that begins elsewhere would be mixed up silently.
            let isWhole = head.status.code == 200
            guard isWhole ? range.from == 0 : Self.begins(head, at: range.from) else {
                throw StoreError.unusableAnswer(uri(key.text), .read, reason: "not the range that was asked for")
            }
            for try await chunk in body { try await receive(chunk) }
        }
    }

    private static func begins(_ head: ResponseHead, at offset: Int64) -> Bool {
        head.headers[.contentRange]?.hasPrefix("bytes \(offset)-") == true
    }

    package func list(_ prefix: KeyPrefix, page: String?, limit: Int) async throws -> ListPage {
        let (entries, next) = try await entries(prefix, page: page, limit: limit)
        return ListPage(objects: entries.filter { ObjectRecord.owner(of: $0.key.text) == nil }, next: next)
    }

    /// With the records among them.
    func entries(
        _ prefix: KeyPrefix, page: String?, limit: Int
    ) async throws -> (objects: [StoredObject], next: String?) {
        var query = [
            (name: "list-type", value: "2"), (name: "prefix", value: prefix.text),
            (name: "max-keys", value: String(limit)), (name: "encoding-type", value: "url"),
        ]
        if let page { query.append(("continuation-token", page)) }
        let call = S3Call(operation: .list, method: .get, key: "", subject: prefix.text, query: query)
        let listing = try client.xml(try await client.send(call), "ListBucket", call)
        let isEncoded = listing.text("EncodingType") == "url"
        let objects = try listing.all("Contents").map { entry in
            guard let key = entry.text("Key"), let size = entry.text("Size").flatMap({ Int64($0) }) else {
                throw StoreError.unusableAnswer(uri(prefix.text), .list, reason: "an entry without key or size")
            }
            return StoredObject(
                key: ObjectKey(trusted: isEncoded ? PercentEncoding.decoded(key, plusIsSpace: true) : key), size: size,
                tag: entry.text("ETag") ?? "",
                modified: entry.text("LastModified").flatMap(S3Time.iso8601) ?? Date(timeIntervalSince1970: 0))
        }
        guard listing.text("IsTruncated") == "true" else { return (objects, nil) }
        guard let next = listing.text("NextContinuationToken"), !next.isEmpty else {
            throw StoreError.unusableAnswer(uri(prefix.text), .list, reason: "more pages, but no word on where")
        }
        return (objects, next)
    }
}

extension S3Client {
    /// The document a response must be. What stores call it ends in `Result` or `Response`.
    func xml(_ response: Response, _ name: String, _ call: S3Call) throws -> XMLElement {
        do {
            let root = try XMLReader.read(response.body)
            // Of these the first is what rclone's server says.
            guard [name, name + "Result", name + "Response"].contains(root.name) else {
                throw StoreError.unusableAnswer(
                    uri(call.subject ?? call.key), call.operation, reason: "<\(root.name)> for <\(name)>")
            }
            return root
        } catch let error as XMLError {
            throw StoreError.unusableAnswer(
                uri(call.subject ?? call.key), call.operation, reason: error.description)
        }
    }
}
