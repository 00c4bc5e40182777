import FoundationEssentials
import HTTP
import HTTPTypes

/// What of a response decides about the next step.
struct S3Answer: Equatable {
    var status: Int
    /// S3's own word, such as `NoSuchKey`; empty where there is no body that says it.
    var code = ""
    var message = ""
    /// Where the bucket really is.
    var region: String?
    var date: Date?
    var retryAfter: Duration?

    init(status: Int, code: String = "", message: String = "", region: String? = nil, date: Date? = nil) {
        self.status = status
        self.code = code
        self.message = message
        self.region = region
        self.date = date
    }

    init(_ head: ResponseHead, body: [UInt8]) {
        self.init(status: head.status.code)
        date = head.headers[.date].flatMap(S3Time.http)
        retryAfter = head.headers[.retryAfter].flatMap { Int($0) }.map { .seconds(min(max(0, $0), 3600)) }
        var region = head.headers[.bucketRegion]
        if let error = Self.errorElement(body) {
            code = error.text("Code") ?? ""
            // Bounded, and of one line: it comes from outside and goes into messages.
            message = String((error.text("Message") ?? "").prefix(300).map { $0.isNewline ? " " : $0 })
            region = region ?? error.text("Region")
            if region == nil, let host = error.text("Endpoint") { region = S3Location.region(inHost: host) }
        }
        if region == nil, let location = head.headers[.location], let start = location.firstRange(of: "://") {
            region = S3Location.region(inHost: String(location[start.upperBound...].prefix { $0 != "/" && $0 != ":" }))
        }
        self.region = region.flatMap { S3Location.isRegion($0) ? $0 : nil }
    }

    /// `<Error>`, which may also come in a 200. Some stores wrap it in `<ErrorResponse>`.
    static func errorElement(_ body: [UInt8]) -> XMLElement? {
        guard body.count <= 64 << 10, let root = try? XMLReader.read(body) else { return nil }
        switch root.name {
        case "Error": return root
        case "ErrorResponse": return root["Error"]
        default: return nil
        }
    }
}

extension HTTPField.Name {
    static let bucketRegion = known("x-amz-bucket-region")

    /// For names that are literals.
    static func known(_ name: StaticString) -> HTTPField.Name {
        guard let name = HTTPField.Name("\(name)") else { preconditionFailure("\(name) is no field name") }
        return name
    }
}
