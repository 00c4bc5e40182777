import Cryptography

extension MemberID {
    /// The id that etcd gives a member of a cluster that starts anew.
    init(peerURLs: [PeerURL], token: String) throws(CryptographyError) {
        let text = peerURLs.sorted().map(\.description).joined() + token
        self.init(rawValue: try identity(of: Array(text.utf8)))
    }
}

extension ClusterID {
    /// The id of a cluster whose first members are these.
    init(members: some Sequence<MemberID>) throws(CryptographyError) {
        let bytes = members.sorted().flatMap { withUnsafeBytes(of: $0.rawValue.bigEndian) { Array($0) } }
        self.init(rawValue: try identity(of: bytes))
    }
}

/// The first eight bytes of SHA-1, big-endian.
private func identity(of bytes: [UInt8]) throws(CryptographyError) -> UInt64 {
    try Digest.of(bytes, with: .sha1).bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
}
