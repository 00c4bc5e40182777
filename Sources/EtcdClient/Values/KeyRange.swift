import FoundationEssentials

/// The keys a call is about, as etcd writes it: a first key and the first one beyond.
package struct KeyRange: Hashable, Sendable {
    package let start: [UInt8]
    /// Empty: the one key `start`. A single zero byte: everything from `start` on.
    package let end: [UInt8]

    package static func key(_ key: [UInt8]) -> KeyRange { KeyRange(start: key, end: []) }

    /// From `start` up to, but without, `end`.
    package static func keys(from start: [UInt8], to end: [UInt8]) -> KeyRange { KeyRange(start: start, end: end) }

    package static func keys(from start: [UInt8]) -> KeyRange {
        KeyRange(start: start.isEmpty ? [0] : start, end: [0])
    }

    package static var all: KeyRange { keys(from: []) }

    /// Every key that begins with `prefix`.
    package static func prefix(_ prefix: [UInt8]) -> KeyRange {
        guard !prefix.isEmpty else { return all }
        // The first key after them: the last byte that can be raised is.
        guard let last = prefix.lastIndex(where: { $0 < 0xFF }) else { return keys(from: prefix) }
        var end = Array(prefix[...last])
        end[last] += 1
        return KeyRange(start: prefix, end: end)
    }
}

/// A key with one of its values.
package struct KeyValue: Hashable, Sendable {
    package var key: [UInt8]
    package var value: [UInt8]
    /// Of the write that made the key anew.
    package var createRevision: Revision
    /// Of the write of this value.
    package var modRevision: Revision
    /// Writes since the key was made, this one included.
    package var version: Int64
    package var lease: LeaseID?

    init(_ wire: WireKeyValue) {
        key = Array(wire.key)
        value = Array(wire.value)
        createRevision = Revision(rawValue: wire.createRevision)
        modRevision = Revision(rawValue: wire.modRevision)
        version = wire.version
        lease = wire.lease == 0 ? nil : LeaseID(rawValue: wire.lease)
    }
}
