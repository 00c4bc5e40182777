import HTTP
import HTTPTypes
import Synchronization

/// A multipart upload.
struct S3Upload: PartUpload {
    let backend: S3Backend
    let key: ObjectKey
    let id: String
    /// This attempt's name, as the object's metadata carries it.
    let upload: String

    private var client: S3Client { backend.client }

    func send(_ part: PartBody, number: Int, isLast: Bool) async throws -> PartReceipt {
        guard number <= PartLayout.partLimit else {
            throw StoreError.tooLarge(backend.uri(key.text), limit: PartLayout.largestObject)
        }
        let call = S3Call(
            operation: .part, method: .put, key: key.text,
            query: [("partNumber", String(number)), ("uploadId", id)], body: part, deadlines: .transfer)
        let response = try await client.send(call)
        guard let tag = response.headers[.eTag], !tag.isEmpty else { throw client.noTag(call) }
        return PartReceipt(number: number, tag: tag, size: Int64(part.count))
    }

    func complete(_ parts: [PartReceipt], _ metadata: ObjectMetadata) async throws -> PutReceipt {
        try await backend.writeRecord(of: key, metadata)
        if !client.location.isAWS { try await backend.checkAbsent(key) }
        let list = parts.map {
            "<Part><PartNumber>\($0.number)</PartNumber><ETag>\(Self.escaped($0.tag))</ETag></Part>"
        }
        let document =
            "<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">\(list.joined())</CompleteMultipartUpload>"
        let call = S3Call(
            operation: .complete, method: .post, key: key.text, query: [("uploadId", id)],
            fields: [("content-type", "application/xml")], body: .bytes(Array(document.utf8)), deadlines: .completion)
        let size = parts.reduce(0) { $0 + $1.size }
        return try await backend.conditionally(call, key, size, metadata) { response in
            _ = try client.xml(response, "CompleteMultipartUpload", call)
        }
    }

    /// Until the store knows of no part any more: one that arrived while it was aborted may stay behind. The record goes
    /// too, unless the object is there after all.
    func abort() async throws {
        try await backend.abort(key: key.text, id: id)
        try await backend.removeRecord(of: key, upload: upload)
    }

    private static func escaped(_ text: String) -> String {
        text.reduce(into: "") { escaped, character in
            switch character {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            default: escaped.append(character)
            }
        }
    }
}

extension S3Client {
    func noTag(_ call: S3Call) -> StoreError {
        .unusableAnswer(uri(call.key), call.operation, reason: "no ETag")
    }
}
