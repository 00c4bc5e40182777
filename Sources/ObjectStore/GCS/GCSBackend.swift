package import FoundationEssentials
package import HTTP
import HTTPTypes

/// Google Cloud Storage over its JSON API.
package struct GCSBackend: RecordedBackend {
    let client: GCSClient

    /// `token` nil: requests go without one, as emulators take them. An endpoint of one's own never gets one.
    package init(
        _ location: GCSLocation, http: HTTPClient, token: CredentialCache<GoogleToken>?,
        deadlines: StoreDeadlines = StoreDeadlines(), policy: RetryPolicy = RetryPolicy(), clock: StoreClock = .system
    ) {
        client = GCSClient(
            location: location, http: http, token: location.endpoint == nil ? token : nil, deadlines: deadlines,
            policy: policy, clock: clock)
    }

    package func uri(_ key: String) -> String { client.uri(key) }

    /// One after the other: a resumable upload has an end, and no numbered parts. Multiples of 256 KiB, as it wants them.
    package func layout(forBytes length: Int64?) -> PartLayout { PartLayout(partSize: 8 << 20, parallel: 1) }

    func object(_ key: ObjectKey) async throws -> StoredObject {
        let call = GCSClient.Call(
            operation: .head, method: .get, key: key.text, url: client.location.objectURL(key.text))
        return try object(try await client.send(call).body, key, .head)
    }

    func object(_ body: [UInt8], _ key: ObjectKey, _ operation: StoreError.Operation) throws -> StoredObject {
        guard let object = try? JSONDecoder().decode(GCSObject.self, from: Data(body)),
            let stored = object.storedObject(withMetadata: true)
        else { throw StoreError.unusableAnswer(uri(key.text), operation, reason: "no object resource") }
        return stored
    }

    func contents(of key: ObjectKey, limit: Int) async throws -> [UInt8] {
        let url = client.location.objectURL(key.text, [("alt", "media")])
        return try await client.send(
            .init(operation: .read, method: .get, key: key.text, url: url, bodyLimit: limit)
        ).body
    }

    func write(_ bytes: [UInt8], at key: ObjectKey) async throws {
        let url = client.location.objectURL("", [("uploadType", "media"), ("name", key.text)], upload: true)
        _ = try await client.send(
            .init(
                operation: .put, method: .post, key: key.text, url: url,
                headers: [.contentType: "application/octet-stream"],
                body: .bytes(bytes)))
    }

    func remove(_ key: ObjectKey) async throws {
        _ = try await client.send(
            .init(operation: .delete, method: .delete, key: key.text, url: client.location.objectURL(key.text)),
            accepting: [200, 204, 404])
    }

    package func read(
        _ key: ObjectKey, _ range: ReadRange, tag: String, receive: @Sendable ([UInt8]) async throws -> Void
    ) async throws {
        let url = client.location.objectURL(key.text, [("alt", "media"), ("ifGenerationMatch", tag)])
        let field = "bytes=\(range.from)-\(range.through.map(String.init) ?? "")"
        let call = GCSClient.Call(
            operation: .read, method: .get, key: key.text, url: url, headers: [.range: field], deadlines: .transfer)
        try await client.stream(call) { head, body in
            let isWhole = head.status.code == 200
            let begin = head.headers[.contentRange]
            guard isWhole ? range.from == 0 : begin?.hasPrefix("bytes \(range.from)-") == true else {
                throw StoreError.unusableAnswer(uri(key.text), .read, reason: "not the range that was asked for")
            }
            for try await chunk in body { try await receive(chunk) }
        }
    }

    package func list(_ prefix: KeyPrefix, page: String?, limit: Int) async throws -> ListPage {
        let (entries, next) = try await entries(prefix, page: page, limit: limit)
        return ListPage(objects: entries.filter { ObjectRecord.owner(of: $0.key.text) == nil }, next: next)
    }

    func entries(
        _ prefix: KeyPrefix, page: String?, limit: Int
    ) async throws -> (objects: [StoredObject], next: String?) {
        var query = [(name: "prefix", value: prefix.text), (name: "maxResults", value: String(limit))]
        if let page { query.append(("pageToken", page)) }
        let call = GCSClient.Call(
            operation: .list, method: .get, key: prefix.text, url: client.location.objectURL("", query))
        let body = try await client.send(call).body
        guard let listing = try? JSONDecoder().decode(GCSListing.self, from: Data(body)) else {
            throw StoreError.unusableAnswer(uri(prefix.text), .list, reason: "no listing")
        }
        let objects = try (listing.items ?? []).map { item in
            guard let object = item.storedObject(withMetadata: false) else {
                throw StoreError.unusableAnswer(uri(prefix.text), .list, reason: "an entry without size or generation")
            }
            return object
        }
        return (objects, listing.nextPageToken)
    }

    package func put(_ bytes: [UInt8], at key: ObjectKey, _ metadata: ObjectMetadata) async throws -> PutReceipt {
        let upload = try await begin(key, metadata)
        do {
            let part = try await upload.send(.bytes(bytes), number: 1, isLast: true)
            return try await upload.complete([part], metadata)
        } catch {
            _ = try? await Grace().run { try await upload.abort() }
            throw error
        }
    }

    /// Sessions that nobody ends expire within a week, and there is no list of them: only records can be left.
    package func sweep(_ prefix: KeyPrefix, before time: Date) async throws -> [SweptUpload] {
        try await sweepRecords(before: time) { try await entries(prefix, page: $0, limit: 1000) }
    }
}
