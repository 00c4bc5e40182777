import HTTPTypes

/// How a call ended: what the trailers say, or the head where there was nothing else.
package struct GRPCStatus: Hashable, Sendable, CustomStringConvertible {
    package struct Code: RawRepresentable, Hashable, Sendable {
        package let rawValue: Int
        package init(rawValue: Int) { self.rawValue = rawValue }

        package static let ok = Code(rawValue: 0)
        package static let cancelled = Code(rawValue: 1)
        package static let unknown = Code(rawValue: 2)
        package static let invalidArgument = Code(rawValue: 3)
        package static let deadlineExceeded = Code(rawValue: 4)
        package static let notFound = Code(rawValue: 5)
        package static let permissionDenied = Code(rawValue: 7)
        package static let resourceExhausted = Code(rawValue: 8)
        package static let failedPrecondition = Code(rawValue: 9)
        package static let outOfRange = Code(rawValue: 11)
        package static let unimplemented = Code(rawValue: 12)
        package static let unavailable = Code(rawValue: 14)
        package static let dataLoss = Code(rawValue: 15)
        package static let unauthenticated = Code(rawValue: 16)
    }

    package let code: Code
    /// The server's words; at most 1 KiB, without control characters.
    package let message: String

    package init(code: Code, message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message.isEmpty ? "\(code)" : "\(message) (\(code))" }

    /// `nil` where the fields hold no status.
    init?(_ fields: HTTPFields) {
        guard let text = fields[Self.codeField], let number = Int(text) else { return nil }
        self.init(code: Code(rawValue: number), message: Self.decoded(fields[Self.messageField] ?? ""))
    }

    /// What an answer that is none of gRPC's means, by the protocol's own table.
    init(httpStatus: Int) {
        let code: Code =
            switch httpStatus {
            case 401: .unauthenticated
            case 403: .permissionDenied
            case 404: .unimplemented
            case 429, 502, 503, 504: .unavailable
            default: .unknown
            }
        self.init(code: code, message: "HTTP status \(httpStatus)")
    }

    private static let codeField = HTTPField.Name.constant("grpc-status")
    private static let messageField = HTTPField.Name.constant("grpc-message")

    /// Resolves the percent signs; what is not two digits after one stays as it is.
    static func decoded(_ text: String) -> String {
        var bytes: [UInt8] = []
        var rest = text.utf8.prefix(3 << 10)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16),
                rest.prefix(2).allSatisfy({ $0 != UInt8(ascii: "+") }), rest.count >= 2
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        let scalars = String(decoding: bytes.prefix(1 << 10), as: UTF8.self).unicodeScalars
        return String(String.UnicodeScalarView(scalars.map { $0.properties.generalCategory == .control ? " " : $0 }))
    }
}

extension GRPCStatus.Code: CustomStringConvertible {
    package var description: String {
        Self.names.indices.contains(rawValue) ? Self.names[rawValue] : "status \(rawValue)"
    }

    private static let names = [
        "OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS",
        "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED",
        "INTERNAL", "UNAVAILABLE", "DATA_LOSS", "UNAUTHENTICATED",
    ]
}

extension HTTPField.Name {
    /// A name known to be valid.
    static func constant(_ name: StaticString) -> HTTPField.Name {
        guard let field = HTTPField.Name("\(name)") else { preconditionFailure("\(name) is no field name") }
        return field
    }
}
