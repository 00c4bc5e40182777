/// A hash of a member's keyspace. Equal on all members, and on what was restored from them, at the same revision where
/// they are compacted alike.
package struct KeyspaceHash: Hashable, Sendable {
    package var header: ResponseHeader
    /// CRC-32C.
    package var hash: UInt32
    /// `nil` when nothing was compacted yet.
    package var compactRevision: Revision?
    /// The revision that was hashed; from 3.6 on the server says so itself.
    package var revision: Revision

    package init(header: ResponseHeader, hash: UInt32, compactRevision: Revision?, revision: Revision) {
        self.header = header
        self.hash = hash
        self.compactRevision = compactRevision
        self.revision = revision
    }

    init(_ wire: WireHashKVResponse, at requested: Revision?) {
        let header = ResponseHeader(wire.header)
        self.init(
            header: header, hash: wire.hash,
            compactRevision: wire.compactRevision > 0 ? Revision(rawValue: wire.compactRevision) : nil,
            revision: wire.hashRevision > 0
                ? Revision(rawValue: wire.hashRevision) : requested ?? header.revision)
    }
}
