import FoundationEssentials

/// An object as the JSON API writes it. Numbers come as texts.
struct GCSObject: Decodable {
    struct Retention: Decodable {
        var retainUntilTime: String?
    }

    var name: String
    var size: String?
    var generation: String?
    var updated: String?
    var timeCreated: String?
    var metadata: [String: String]?
    var temporaryHold: Bool?
    var eventBasedHold: Bool?
    var retentionExpirationTime: String?
    var retention: Retention?

    /// `nil` where it lacks size or generation.
    func storedObject(withMetadata: Bool) -> StoredObject? {
        guard let size = size.flatMap({ Int64($0) }), let generation else { return nil }
        let ends = [retentionExpirationTime, retention?.retainUntilTime].compactMap { $0.flatMap(S3Time.iso8601) }
        let hasHold = temporaryHold == true || eventBasedHold == true
        return StoredObject(
            key: ObjectKey(trusted: name), size: size, tag: generation,
            modified: (timeCreated ?? updated).flatMap(S3Time.iso8601) ?? Date(timeIntervalSince1970: 0),
            metadata: withMetadata ? ObjectMetadata { metadata?[$0] } : nil,
            lock: !ends.isEmpty || hasHold ? ObjectLock(retainUntil: ends.max(), hasLegalHold: hasHold) : nil)
    }
}

struct GCSListing: Decodable {
    var items: [GCSObject]?
    var nextPageToken: String?
}

/// What the JSON API says of a failure.
struct GCSFailure: Decodable {
    struct Problem: Decodable {
        struct Reason: Decodable {
            var reason: String?
        }

        var message: String?
        var errors: [Reason]?
    }

    var error: Problem?

    static func words(_ body: [UInt8]) -> (code: String, message: String) {
        guard body.count <= 64 << 10,
            let problem = (try? JSONDecoder().decode(GCSFailure.self, from: Data(body)))?.error
        else { return ("", "") }
        return (
            String((problem.errors?.first?.reason ?? "").prefix(100)),
            String((problem.message ?? "").prefix(300).map { $0.isNewline ? " " : $0 })
        )
    }
}
