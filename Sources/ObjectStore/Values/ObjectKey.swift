/// The name of an object in its bucket: a relative path of non-empty segments, none of them `.` or `..`, without control
/// characters, at most 1024 bytes of UTF-8. Any store takes such a key, and a directory too.
package struct ObjectKey: Sendable, CustomStringConvertible {
    package static let longest = 1024

    package let text: String
    package var description: String { text }

    package init(_ text: String) throws(StoreError) {
        if let problem = Self.problem(text) { throw .invalidKey(text, reason: problem) }
        self.text = text
    }

    /// For names that a store or this module made out of sound ones.
    init(trusted text: String) {
        self.text = text
    }

    private static func problem(_ text: String) -> String? {
        let bytes = text.utf8
        guard bytes.count <= longest else { return "is longer than \(longest) bytes" }
        if bytes.contains(where: { $0 < 0x20 || $0 == 0x7F }) { return "holds a control character" }
        let segments = bytes.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        if segments.contains(where: \.isEmpty) { return "has an empty segment, or a slash at its begin or end" }
        if segments.contains(where: { $0.elementsEqual(".".utf8) || $0.elementsEqual("..".utf8) }) {
            return "has a segment \".\" or \"..\""
        }
        return nil
    }
}

// By bytes: to a String two spellings of one letter are equal, to a store they are two keys.
extension ObjectKey: Hashable, Comparable {
    package static func == (one: ObjectKey, other: ObjectKey) -> Bool { one.text.utf8.elementsEqual(other.text.utf8) }

    package static func < (one: ObjectKey, other: ObjectKey) -> Bool {
        one.text.utf8.lexicographicallyPrecedes(other.text.utf8)
    }

    package func hash(into hasher: inout Hasher) {
        for byte in text.utf8 { hasher.combine(byte) }
    }
}

/// A "folder" of keys: empty for all of a bucket, else it ends with a slash, so that `etcd/` never takes in `etcd-prod/`.
package struct KeyPrefix: Hashable, Sendable, CustomStringConvertible {
    package static let all = KeyPrefix(text: "")

    package let text: String
    package var description: String { text }

    private init(text: String) {
        self.text = text
    }

    /// With or without the slash at its end; the empty text is the whole bucket.
    package init(_ folder: String) throws(StoreError) {
        guard !folder.isEmpty else {
            self = .all
            return
        }
        let hasSlash = folder.utf8.last == UInt8(ascii: "/")
        text = try ObjectKey(hasSlash ? String(folder.unicodeScalars.dropLast()) : folder).text + "/"
    }

    /// An object, and what uploads of it leave beside it.
    package init(of key: ObjectKey) { text = key.text }

    package func contains(_ key: ObjectKey) -> Bool { key.text.utf8.starts(with: text.utf8) }

    /// `name` in this folder; `name` may have segments of its own.
    package func key(_ name: String) throws(StoreError) -> ObjectKey { try ObjectKey(text + name) }
}
