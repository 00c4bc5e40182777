package import FoundationEssentials
import HTTP
import HTTPTypes

extension S3Backend {
    /// Our mark on an upload. A listing of uploads tells key, id and time of each and nothing of its metadata; but a part's
    /// size can be asked for. All parts but the last are this many bytes longer than a multiple of 64 KiB, as nobody else
    /// cuts them.
    static let partMark = 0xE7C

    package func sweep(_ prefix: KeyPrefix, before time: Date) async throws -> [SweptUpload] {
        var swept: [SweptUpload] = []
        var marker: (key: String, id: String)?
        repeat {
            let (uploads, next) = try await uploads(prefix, after: marker)
            for upload in uploads where upload.began < time && upload.key.utf8.starts(with: prefix.text.utf8) {
                guard try await isOurs(upload) else { continue }
                try await abort(key: upload.key, id: upload.id)
                swept.append(SweptUpload(key: upload.key, began: upload.began))
            }
            if let next, let marker, next == marker {
                throw StoreError.unusableAnswer(uri(prefix.text), .listUploads, reason: "each page is the next one's")
            }
            marker = next
        } while marker != nil
        let records = try await sweepRecords(before: time) { try await entries(prefix, page: $0, limit: 1000) }
        // An upload may have left parts and a record.
        return swept + records.filter { record in !swept.contains { $0.key == record.key } }
    }

    struct Upload {
        var key: String
        var id: String
        var began: Date
    }

    func uploads(
        _ prefix: KeyPrefix, after marker: (key: String, id: String)?
    ) async throws -> ([Upload], next: (key: String, id: String)?) {
        var query = [
            (name: "uploads", value: ""), (name: "prefix", value: prefix.text), (name: "max-uploads", value: "1000"),
            (name: "encoding-type", value: "url"),
        ]
        if let marker { query += [("key-marker", marker.key), ("upload-id-marker", marker.id)] }
        let call = S3Call(operation: .listUploads, method: .get, key: "", subject: prefix.text, query: query)
        let listing = try client.xml(try await client.send(call), "ListMultipartUploads", call)
        let isEncoded = listing.text("EncodingType") == "url"
        func decoded(_ key: String) -> String { isEncoded ? PercentEncoding.decoded(key, plusIsSpace: true) : key }
        let uploads = listing.all("Upload").compactMap { entry -> Upload? in
            guard let key = entry.text("Key"), let id = entry.text("UploadId"),
                let began = entry.text("Initiated").flatMap(S3Time.iso8601)
            else { return nil }
            return Upload(key: decoded(key), id: id, began: began)
        }
        guard listing.text("IsTruncated") == "true", let key = listing.text("NextKeyMarker"), !key.isEmpty else {
            return (uploads, nil)
        }
        return (uploads, (decoded(key), listing.text("NextUploadIdMarker") ?? ""))
    }

    private func isOurs(_ upload: Upload) async throws -> Bool {
        guard let parts = try await parts(key: upload.key, id: upload.id) else { return false }
        return Self.isOurs(key: upload.key, parts: parts)
    }

    /// An upload that died before its first part is known by its key alone.
    static func isOurs(key: String, parts: [Int64]) -> Bool {
        parts.isEmpty ? SnapshotName.time(inKey: key) != nil : parts.contains { $0 % (64 << 10) == Int64(partMark) }
    }

    /// Sizes of the first thousand; `nil` when there is no such upload.
    func parts(key: String, id: String) async throws -> [Int64]? {
        let call = S3Call(operation: .listParts, method: .get, key: key, query: [("uploadId", id)])
        let response = try await client.send(call, accepting: [404])
        guard response.status.code != 404 else { return nil }
        return try client.xml(response, "ListParts", call).all("Part").compactMap { part in
            part.text("Size").flatMap { Int64($0) }
        }
    }

    func abort(key: String, id: String) async throws {
        for _ in 0..<5 {
            let call = S3Call(operation: .abort, method: .delete, key: key, query: [("uploadId", id)])
            _ = try await client.send(call, accepting: [404])
            let left: [Int64]?
            // Who may upload need not be allowed to list parts; then the store's word has to do.
            do { left = try await parts(key: key, id: id) } catch StoreError.denied { return }
            guard let left, !left.isEmpty else { return }
            try await clock.sleep(.seconds(1))
        }
        throw StoreError.unusableAnswer(uri(key), .abort, reason: "parts of upload \(id) stay")
    }
}
