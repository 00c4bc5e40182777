import EtcdRecoverModel
import FoundationEssentials
import HTTPTypes
import NIOCore

/// An HTTP answer with its whole body.
struct Reply {
    var head: HTTPResponse
    var body: ByteBuffer
    private(set) var closesConnection = false

    /// JSON.
    init(_ json: Data, status: HTTPResponse.Status = .ok) {
        self.init(ByteBuffer(bytes: json), contentType: "application/json", status: status)
    }

    init(_ text: String, contentType: String = "text/plain; charset=utf-8", status: HTTPResponse.Status = .ok) {
        self.init(ByteBuffer(string: text), contentType: contentType, status: status)
    }

    init(_ refusal: Refusal) {
        self.init((try? Self.json(refusal.status)) ?? Data(), status: refusal.code)
        if let methods = refusal.allowedMethods { head.headerFields[.allow] = methods }
        if refusal.closesConnection { closeConnection() }
    }

    /// Lets this be the connection's last answer.
    mutating func closeConnection() {
        closesConnection = true
        head.headerFields[.connection] = "close"
    }

    static func json(_ value: some Encodable) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .withoutEscapingSlashes
        return try encoder.encode(value)
    }

    private init(_ body: ByteBuffer, contentType: String, status: HTTPResponse.Status) {
        self.body = body
        head = HTTPResponse(
            status: status,
            headerFields: [.contentType: contentType, .contentLength: String(body.readableBytes)])
    }
}
