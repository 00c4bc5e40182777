import FoundationEssentials
import HTTP
import HTTPTypes
import Synchronization

extension GCSBackend {
    package func begin(_ key: ObjectKey, _ metadata: ObjectMetadata) async throws -> any PartUpload {
        // Said before gigabytes are sent; the condition below holds at the end too.
        do {
            _ = try await object(key)
            throw StoreError.exists(uri(key.text))
        } catch StoreError.notFound, StoreError.denied {
            // Who may only create objects is not told.
        }
        struct Resource: Encodable {
            var contentType = "application/octet-stream"
            var metadata: [String: String]
        }
        let fields = Dictionary(metadata.fields.map { ($0.name, $0.value) }) { first, _ in first }
        let query = [("uploadType", "resumable"), ("name", key.text), ("ifGenerationMatch", "0")]
            .map { (name: $0.0, value: $0.1) }
        let call = GCSClient.Call(
            operation: .begin, method: .post, key: key.text, url: client.location.objectURL("", query, upload: true),
            headers: [.contentType: "application/json"],
            body: .bytes(Array(try JSONEncoder().encode(Resource(metadata: fields)))))
        let response = try await client.send(call, accepting: [200, 201])
        // Whoever has the session's URL may write: it leads where the bucket is, or nowhere.
        guard let session = response.headers[.location], session.hasPrefix(client.location.base + "/") else {
            throw StoreError.unusableAnswer(uri(key.text), .begin, reason: "no session at \(client.location.base)")
        }
        return GCSUpload(backend: self, key: key, session: SecretBytes(session), began: metadata)
    }
}

/// A resumable upload: bytes are appended, and after a failure the store says how many it has.
final class GCSUpload: PartUpload {
    private let backend: GCSBackend
    private let key: ObjectKey
    private let session: SecretBytes
    private let began: ObjectMetadata
    private let state = Mutex(State())

    private struct State {
        /// Bytes of all parts before the last.
        var sent: Int64 = 0
        /// Kept until it is known that the object may come to be: the last bytes are what makes it.
        var last: PartBody?
    }

    init(backend: GCSBackend, key: ObjectKey, session: SecretBytes, began: ObjectMetadata) {
        self.backend = backend
        self.key = key
        self.session = session
        self.began = began
    }

    private var client: GCSClient { backend.client }

    func send(_ part: PartBody, number: Int, isLast: Bool) async throws -> PartReceipt {
        if isLast {
            state.withLock { $0.last = part }
        } else {
            let start = state.withLock(\.sent)
            guard try await append(part, at: start, total: nil) == nil else {
                throw StoreError.unusableAnswer(backend.uri(key.text), .part, reason: "the object is there too early")
            }
            state.withLock { $0.sent += Int64(part.count) }
        }
        return PartReceipt(number: number, tag: "", size: Int64(part.count))
    }

    func complete(_ parts: [PartReceipt], _ metadata: ObjectMetadata) async throws -> PutReceipt {
        let (start, last) = state.withLock { ($0.sent, $0.last.take() ?? .bytes([])) }
        let total = start + Int64(last.count)
        if began.sha256 == nil { try await backend.writeRecord(of: key, metadata) }
        var object: StoredObject
        do {
            guard let written = try await append(last, at: start, total: total) else {
                throw StoreError.unusableAnswer(
                    backend.uri(key.text), .complete, reason: "it wants more bytes than there are")
            }
            object = written
        } catch StoreError.exists(let place) {
            // The answer to an order that was carried out and is told twice.
            guard let there = try? await backend.object(key), there.metadata?.upload == metadata.upload else {
                throw StoreError.exists(place)
            }
            object = there
        }
        guard object.size == total else {
            try await backend.remove(key)
            throw StoreError.wrongSize(backend.uri(key.text), expected: total, actual: object.size)
        }
        object.metadata = metadata
        return PutReceipt(object: object, guarded: .condition)
    }

    func abort() async throws {
        let call = GCSClient.Call(operation: .abort, method: .delete, key: key.text, url: session.reveal())
        // 499 is Google's word for "cancelled". What is not ended now expires, unseen.
        _ = try? await client.once(call, accepting: [200, 204, 404, 410, 499])
        if let upload = began.upload, began.sha256 == nil { try await backend.removeRecord(of: key, upload: upload) }
    }

    /// Sends the bytes of `part`, which begin at `start` of the object, as far as the store does not have them yet. Returns
    /// the object when they were its last.
    private func append(_ part: PartBody, at start: Int64, total: Int64?) async throws -> StoredObject? {
        let end = start + Int64(part.count)
        var offset = start
        var attempt = 1
        while true {
            let answer: Response
            do {
                answer = try await put(part, from: Int(offset - start), at: offset, end: end, total: total)
            } catch let failure as GCSClient.Transient {
                try await client.wait(after: &attempt, failure, call("bytes */*", total))
                do {
                    answer = try await client.once(
                        call("bytes */\(total.map(String.init) ?? "*")", total), accepting: Self.statuses)
                } catch is GCSClient.Transient {
                    continue
                }
            }
            guard answer.status.code == 308 else {
                return try backend.object(answer.body, key, .complete)
            }
            let committed = Self.committed(answer)
            guard (offset...end).contains(committed) else {
                throw StoreError.unusableAnswer(
                    backend.uri(key.text), .part, reason: "it has \(committed) bytes, after \(offset) of \(end)")
            }
            if committed == end, total == nil { return nil }
            if committed > offset { attempt = 1 }
            guard attempt <= client.policy.attempts else {
                throw StoreError.unusableAnswer(backend.uri(key.text), .part, reason: "it takes no more bytes")
            }
            if committed == offset { attempt += 1 }
            offset = committed
        }
    }

    private static let statuses: Set = [200, 201, 308]

    private func put(_ part: PartBody, from: Int, at offset: Int64, end: Int64, total: Int64?) async throws -> Response
    {
        let range = offset < end ? "\(offset)-\(end - 1)" : "*"
        var call = call("bytes \(range)/\(total.map(String.init) ?? "*")", total)
        call.body = part.requestBody(from: from)
        call.deadlines = total == nil ? .transfer : .completion
        return try await client.once(call, accepting: Self.statuses)
    }

    private func call(_ range: String, _ total: Int64?) -> GCSClient.Call {
        GCSClient.Call(
            operation: total == nil ? .part : .complete, method: .put, key: key.text, url: session.reveal(),
            headers: [.contentRange: range])
    }

    /// Bytes that the store has for good.
    private static func committed(_ answer: Response) -> Int64 {
        guard let range = answer.headers[.range], range.hasPrefix("bytes=0-"), let last = Int64(range.dropFirst(8))
        else {
            return 0
        }
        return last + 1
    }
}
