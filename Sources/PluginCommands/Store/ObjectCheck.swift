import Cryptography
import EtcdRecoverModel
import ObjectStore
import Synchronization

/// What reading an object from end to end showed.
struct ObjectCheck: Sendable {
    /// A snapshot's own SHA-256 are its last bytes, behind whole blocks of the database.
    private static let trailerBytes: Int64 = 32
    private static let blockBytes: Int64 = 512

    var object: StoredObject
    /// What is wrong; nil when nothing is.
    var problem: String?
    /// The recorded SHA-256 fits. Nil where none is recorded.
    var recordFits: Bool?
    /// The one at the snapshot's end fits. Nil where the object has none.
    var trailerFits: Bool?

    init(of object: StoredObject, in store: ObjectStore, on console: Console) async throws {
        self.object = object
        let hasTrailer = object.size > Self.trailerBytes && object.size % Self.blockBytes == Self.trailerBytes
        let content = hasTrailer ? object.size - Self.trailerBytes : 0
        let state = Mutex(Reading(digest: hasTrailer ? try DigestStream(.sha256) : nil))
        let report = TransferReport("verifying \(object.key)".printable(), on: console)
        do {
            _ = try await report.during {
                try await store.readVerified(object) { chunk in
                    report.record(state.withLock { $0.take(chunk, content: content) }, of: object.size)
                }
            }
            recordFits = object.metadata?.sha256.map { _ in true }
        } catch let error as StoreError where error.isAboutContent {
            problem = error.problemAlone
            recordFits = false
        }
        let (expected, found) = state.withLock { ($0.trailer, $0.digest.take()?.finalize()) }
        if problem == nil, !hasTrailer, let record = object.recordProblem {
            // It was written by us, as a snapshot, and has neither of the two any more.
            problem = "\(record), and it does not end as a snapshot does"
        }
        guard problem == nil, hasTrailer, let found else { return }
        trailerFits = found.bytes.elementsEqual(expected)
        if trailerFits == false {
            problem =
                recordFits == true
                ? "it is as it was uploaded, and was damaged before: etcd's own SHA-256 does not fit"
                : "etcd's own SHA-256 does not fit"
        }
    }

    private struct Reading: ~Copyable {
        var digest: DigestStream?
        var count: Int64 = 0
        var trailer: [UInt8] = []

        /// Returns the bytes so far.
        mutating func take(_ chunk: [UInt8], content: Int64) -> Int64 {
            let ofContent = Int(max(0, min(Int64(chunk.count), content - count)))
            if ofContent > 0 { digest?.update(chunk.span.extracting(first: ofContent).bytes) }
            trailer += chunk[ofContent...]
            count += Int64(chunk.count)
            if digest == nil { trailer = [] }
            return count
        }
    }

    /// It was read whole, and nothing says whether that is what was written.
    var isUnknown: Bool { problem == nil && recordFits == nil && trailerFits == nil }

    func line(_ uri: String, _ style: Style) -> String {
        if let problem { return style.paint("damaged", .red) + "  " + "\(uri): \(problem)".printable() }
        let what: String
        switch (recordFits, trailerFits) {
        case (true?, true?): what = "the recorded SHA-256 and etcd's own match"
        case (true?, nil): what = "the recorded SHA-256 matches; it has none of etcd's"
        case (nil, true?):
            what =
                "etcd's own SHA-256 matches; "
                + (object.recordProblem.map { "\($0)" } ?? "none is recorded")
        default: return style.paint("unknown", .yellow) + "  " + "\(uri): has no SHA-256 to compare with".printable()
        }
        return style.paint("sound", .green) + "    " + "\(uri) (\(object.size.binarySize)B): \(what)".printable()
    }

    func json(_ uri: String) -> JSONValue {
        func flag(_ value: Bool?) -> JSONValue { value.map { .bool($0) } ?? .null }
        return object.json(
            uri: uri,
            [
                "sound": problem != nil ? .bool(false) : isUnknown ? .null : .bool(true),
                "recordMatches": flag(recordFits), "trailerMatches": flag(trailerFits),
                "record": object.recordProblem.map { .string("\($0)") } ?? .null,
                "problem": problem.map { .string($0) } ?? .null,
            ])
    }
}

extension StoreError {
    /// Without the object's name.
    fileprivate var problemAlone: String {
        switch self {
        case .damaged(_, let expected, let actual): "its SHA-256 is \(actual), recorded was \(expected)"
        case .wrongSize(_, let expected, let actual): "it has \(actual) bytes instead of \(expected)"
        default: "\(self)"
        }
    }

    /// The bytes are not what they should be; anything else says nothing about them.
    fileprivate var isAboutContent: Bool {
        switch self {
        case .damaged, .wrongSize: true
        default: false
        }
    }
}
