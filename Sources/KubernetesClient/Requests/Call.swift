import HTTPTypes

/// One call to the API server, before credentials.
struct Call: Sendable {
    var method: HTTPRequest.Method = .get
    /// Absolute and percent-encoded, without the server.
    var path: String
    var query: [(String, String)] = []
    var body: [UInt8]?
    var contentType = "application/json"
    var bodyLimit = Limits.object
    var within: Duration?
    /// Whether doing it twice is the same as once: then a lost connection is tried again.
    var isRepeatable = true
}
