import EtcdRecoverModel
import FoundationEssentials
import HTTP
import HTTPTypes
import ObjectStore

/// The rescue copies on the controller's volume, as a store that can only be read.
struct RescueBackend: StoreBackend {
    let server: EtcdRecovery.RescueServer
    let http: HTTPClient
    /// Read for each request, since the kubelet renews it.
    let token: @Sendable () throws -> SecretBytes

    func uri(_ key: String) -> String { EtcdRecovery.RescueServer.location(ofKey: key) }

    func head(_ key: ObjectKey) async throws -> StoredObject {
        let response = try await http.send(request(.head, key))
        try check(response.head, key, .head)
        guard let size = response.headers[.contentLength].flatMap({ Int64($0) }), let tag = response.headers[.eTag]
        else {
            throw StoreError.unusableAnswer(uri(key.text), .head, reason: "no Content-Length or no ETag")
        }
        return StoredObject(key: key, size: size, tag: tag, modified: Date(timeIntervalSince1970: 0))
    }

    func read(
        _ key: ObjectKey, _ range: ReadRange, tag: String, receive: @Sendable ([UInt8]) async throws -> Void
    ) async throws {
        var request = try request(.get, key)
        request.headers[.range] = "bytes=\(range.from)-\(range.through.map(String.init) ?? "")"
        request.headers[.ifMatch] = tag
        try await http.withResponse(to: request) { head, body in
            try check(head, key, .read)
            guard head.headers[.contentRange]?.hasPrefix("bytes \(range.from)-") == true else {
                throw StoreError.unusableAnswer(uri(key.text), .read, reason: "not the range that was asked for")
            }
            for try await chunk in body { try await receive(chunk) }
        }
    }

    private func request(_ method: HTTPRequest.Method, _ key: ObjectKey) throws -> Request {
        Request(method, server.url(ofKey: key.text), authorization: .bearer(try token()))
    }

    private func check(_ head: ResponseHead, _ key: ObjectKey, _ operation: StoreError.Operation) throws {
        let place = uri(key.text)
        switch head.status.code {
        case 200, 206: return
        case 401, 403:
            throw StoreError.denied(
                place, operation, reason: "the controller gives it to members that are laid from it, and to nobody else"
            )
        case 404: throw StoreError.notFound(place)
        case 412: throw StoreError.changed(place)
        case let code: throw StoreError.refused(place, operation, status: code, code: "", message: "")
        }
    }

    // Nothing of it is ever listed or written from here.

    func list(_ prefix: KeyPrefix, page: String?, limit: Int) async throws -> ListPage { throw readOnly(prefix.text) }
    func delete(_ key: ObjectKey) async throws { throw readOnly(key.text) }
    func layout(forBytes length: Int64?) -> PartLayout { PartLayout(partSize: 1 << 20, parallel: 1) }
    func put(_ bytes: [UInt8], at key: ObjectKey, _ metadata: ObjectMetadata) async throws -> PutReceipt {
        throw readOnly(key.text)
    }
    func begin(_ key: ObjectKey, _ metadata: ObjectMetadata) async throws -> any PartUpload { throw readOnly(key.text) }
    func sweep(_ prefix: KeyPrefix, before time: Date) async throws -> [SweptUpload] { throw readOnly(prefix.text) }

    private func readOnly(_ text: String) -> StoreError {
        .invalidLocation(uri(text), reason: "the controller's volume is only read from here")
    }
}
