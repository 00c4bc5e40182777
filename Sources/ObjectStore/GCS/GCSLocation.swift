/// A bucket of Google Cloud Storage.
package struct GCSLocation: Hashable, Sendable {
    package var bucket: String
    /// An emulator's; requests go there without credentials. `nil`: Google's.
    package var endpoint: String?

    package init(bucket: String, endpoint: String? = nil) {
        self.bucket = bucket
        self.endpoint = endpoint.flatMap { $0.isEmpty ? nil : $0 }
    }

    var base: String {
        guard let endpoint else { return "https://storage.googleapis.com" }
        return endpoint.hasSuffix("/") ? String(endpoint.dropLast()) : endpoint
    }

    /// `key` empty: the bucket's objects.
    func objectURL(_ key: String, _ query: [(name: String, value: String)] = [], upload: Bool = false) -> String {
        let path = "\(upload ? "/upload" : "")/storage/v1/b/\(PercentEncoding.component(bucket))/o"
        let pairs = query.map { "\($0.name)=\(PercentEncoding.component($0.value))" }.joined(separator: "&")
        return base + path + (key.isEmpty ? "" : "/" + PercentEncoding.component(key))
            + (pairs.isEmpty ? "" : "?" + pairs)
    }
}
