import FoundationEssentials

/// What S3 cannot take as an object's metadata, since it asks for that before the first byte: the facts that are known at
/// the end of a multipart upload only. They lie beside the object, written before it appears and found by the upload's
/// name, which the object carries: `a/b.db` has `a/b.db.0123456789abcdef.record.json`.
struct ObjectRecord {
    static let suffix = ".record.json"
    static let limit = 64 << 10

    static func key(of key: ObjectKey, upload: String) -> ObjectKey {
        ObjectKey(trusted: "\(key.text).\(upload)\(suffix)")
    }

    /// The key of the object that `key` would be the record of.
    static func owner(of key: String) -> (key: String, upload: String)? {
        let bytes = Array(key.utf8)
        let tail = suffix.utf8.count + 17
        guard key.hasSuffix(suffix), bytes.count > tail else { return nil }
        let upload = bytes[(bytes.count - tail + 1)..<(bytes.count - suffix.utf8.count)]
        let digits = Array("0123456789abcdef".utf8)
        guard bytes[bytes.count - tail] == UInt8(ascii: "."), upload.allSatisfy(digits.contains) else { return nil }
        return (
            String(decoding: bytes.prefix(bytes.count - tail), as: UTF8.self), String(decoding: upload, as: UTF8.self)
        )
    }

    /// Objects cannot have names like records: they would be hidden, and swept away some day.
    static func check(_ key: ObjectKey) throws(StoreError) {
        guard owner(of: key.text) == nil else {
            throw .invalidKey(key.text, reason: "ends like the records that lie beside objects")
        }
    }

    static func bytes(_ metadata: ObjectMetadata) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
        let fields = Dictionary(metadata.fields.map { ($0.name, $0.value) }) { first, _ in first }
        return Array(try encoder.encode(fields))
    }

    /// `nil` where it is not what we write. `upload`, where known, is the attempt that it has to be of.
    static func metadata(_ bytes: [UInt8], of upload: String? = nil) -> ObjectMetadata? {
        guard bytes.count <= limit,
            let fields = try? JSONDecoder().decode([String: String].self, from: Data(bytes))
        else { return nil }
        let metadata = ObjectMetadata { fields[$0] }
        guard let written = metadata.upload, upload.map({ $0 == written }) ?? true else { return nil }
        return metadata
    }
}
