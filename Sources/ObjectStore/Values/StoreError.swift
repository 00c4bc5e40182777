package import HTTP

/// Why a store did not do what was asked. Places are written as URIs; no case carries a credential.
package enum StoreError: Error, Hashable, Sendable {
    case invalidKey(String, reason: String)
    case invalidLocation(String, reason: String)
    case notFound(String)
    /// Nor is a directory made that is not there: it may be a volume's that is not mounted.
    case noBucket(String)
    /// Nothing is ever overwritten.
    case exists(String)
    /// The store says neither that there is such an object nor that there is none.
    case cannotTellWhetherExists(String, reason: String)
    /// It is no longer the object it was when reading began.
    case changed(String)
    case denied(String, Operation, reason: String)
    /// Kept from deletion by a lock of the store.
    case locked(String, reason: String)
    case refused(String, Operation, status: Int, code: String, message: String)
    case unreachable(String, Operation, HTTPError, attempts: Int)
    case unusableAnswer(String, Operation, reason: String)
    /// SHA-256 in hexadecimal.
    case damaged(String, expected: String, actual: String)
    case wrongSize(String, expected: Int64, actual: Int64)
    /// The source of an upload was still not read to its end.
    case sourceTooSlow(String, limit: Duration)
    case tooLarge(String, limit: Int64)
    case noCredentials(reason: String)
    /// The store took the order to complete an upload and its answer was lost.
    case outcomeUnknown(String, reason: String)
    case file(String, doing: String, reason: String)

    /// What was asked of the store, in words that fit behind "may not".
    package enum Operation: String, Sendable {
        case head = "look at it"
        case read = "read it"
        case list = "list"
        case delete = "delete it"
        case put = "write it"
        case begin = "begin an upload"
        case part = "upload a part"
        case complete = "complete the upload"
        case abort = "abort the upload"
        case listUploads = "list unfinished uploads"
        case listParts = "list the parts of an upload"
        case token = "get credentials"
    }
}

extension StoreError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .invalidKey(let key, let reason): "the key \"\(key)\" \(reason); choose another"
        case .invalidLocation(let text, let reason): "\(text) is no place of an object: \(reason)"
        case .notFound(let place): "there is no \(place); check bucket and key"
        case .noBucket(let place):
            if place.hasPrefix("file://") {
                "the directory \(place.dropFirst(7)) does not exist: create it, or mount the volume"
            } else {
                "the bucket of \(place) does not exist, or not in this region; create it or correct the name"
            }
        case .exists(let place): "\(place) exists already and is not overwritten; choose another key or delete it first"
        case .cannotTellWhetherExists(let place, let reason):
            "the store does not say whether \(place) exists (\(reason)), so nothing is written; check the keys, and allow s3:ListBucket on the bucket"
        case .changed(let place): "\(place) was replaced while it was read; start again"
        case .denied(let place, let operation, let reason):
            "\(place): these credentials may not \(operation.rawValue): \(reason)"
        case .locked(let place, let reason): "\(place) is locked: \(reason)"
        case .refused(let place, let operation, let status, let code, let message):
            "\(place): the store did not \(operation.rawValue): \(status)\(code.isEmpty ? "" : " \(code)")\(message.isEmpty ? "" : ": \(message)")"
        case .unreachable(let place, let operation, let error, let attempts):
            "\(place): cannot \(operation.rawValue), tried \(attempts == 1 ? "once" : "\(attempts) times"): \(error)"
        case .unusableAnswer(let place, let operation, let reason):
            "\(place): asked to \(operation.rawValue), the store gave no usable answer: \(reason)"
        case .damaged(let place, let expected, let actual):
            "\(place) is damaged: its SHA-256 is \(actual), recorded was \(expected); use another snapshot"
        case .wrongSize(let place, let expected, let actual):
            "\(place) has \(actual) bytes instead of \(expected); use another snapshot"
        case .sourceTooSlow(let place, let limit):
            "the upload of \(place) was given up: its source was not read to the end within \(limit); raise the limits on time or bandwidth"
        case .tooLarge(let place, let limit): "\(place) would have more than the \(limit) bytes that the store takes"
        case .noCredentials(let reason): "no credentials for the store: \(reason)"
        case .outcomeUnknown(let place, let reason):
            "whether \(place) was written is not known: \(reason); look before trying again"
        case .file(let path, let doing, let reason): "cannot \(doing) \(path): \(reason)"
        }
    }
}
