import HTTP
import HTTPTypes

/// One request to S3, before it is known where the bucket is, who signs and what time it is there.
struct S3Call: Sendable {
    var operation: StoreError.Operation
    var method: HTTPRequest.Method
    /// Empty for the bucket itself.
    var key: String
    /// What errors speak of, where it is not the key.
    var subject: String?
    /// Not yet encoded. A name without value has the empty one.
    var query: [(name: String, value: String)] = []
    var fields: [(name: String, value: String)] = []
    var body: PartBody?
    var deadlines = StoreDeadlines.Kind.call
    var bodyLimit = 16 << 20

    var encodedQuery: [(name: String, value: String)] {
        query.map { (PercentEncoding.component($0.name), PercentEncoding.component($0.value)) }
    }
}
