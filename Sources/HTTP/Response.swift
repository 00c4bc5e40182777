package import HTTPTypes

/// Status line and header fields of a final response (never a 1xx).
package struct ResponseHead: Equatable, Sendable {
    package enum Version: String, Sendable {
        case http1 = "HTTP/1.1"
        case http2 = "HTTP/2"
    }

    package var version: Version
    package var status: HTTPResponse.Status
    package var headers: HTTPFields
}

/// A response read to its end.
package struct Response: Equatable, Sendable {
    package var head: ResponseHead
    package var body: [UInt8]
    package var trailers: HTTPFields

    package var status: HTTPResponse.Status { head.status }
    package var headers: HTTPFields { head.headers }
}
