/// Why a snapshot whose transfer ended is none.
package enum SnapshotStreamError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Bytes of the database; `nil`: there was not even a first message.
    case endedEarly(EtcdEndpoint, received: Int, expected: Int?)
    case tooLong(EtcdEndpoint, expected: Int)
    case noDigest(EtcdEndpoint)
    case digestMismatch(EtcdEndpoint, announced: String, actual: String)

    package var description: String {
        switch self {
        case .endedEarly(let endpoint, let received, let expected):
            "the snapshot of \(endpoint) ended after \(received) of \(expected.map(String.init) ?? "unknown many") bytes; take it again"
        case .tooLong(let endpoint, let expected):
            "\(endpoint) sent more than the \(expected) bytes of snapshot it had promised; take it again"
        case .noDigest(let endpoint):
            "the snapshot of \(endpoint) came without its SHA-256; take it again, from another member if need be"
        case .digestMismatch(let endpoint, let announced, let actual):
            "the snapshot of \(endpoint) was damaged on its way: its SHA-256 is \(actual), \(endpoint) announced \(announced); take it again"
        }
    }
}
