/// A member as the cluster's list has it.
package struct Member: Hashable, Sendable {
    package var id: MemberID
    /// Empty: added, but never started.
    package var name: String
    package var peerURLs: [String]
    /// Empty until it has started.
    package var clientURLs: [String]
    /// Takes part in replication, not in votes.
    package var isLearner: Bool

    package init(
        id: MemberID, name: String, peerURLs: [String] = [], clientURLs: [String] = [], isLearner: Bool = false
    ) {
        self.id = id
        self.name = name
        self.peerURLs = peerURLs
        self.clientURLs = clientURLs
        self.isLearner = isLearner
    }

    package var isStarted: Bool { !name.isEmpty }

    init(_ wire: WireMember) {
        self.init(
            id: MemberID(rawValue: wire.id), name: wire.name, peerURLs: wire.peerUrls, clientURLs: wire.clientUrls,
            isLearner: wire.isLearner)
    }
}

/// All members, as the answering one knows them.
package struct MemberList: Hashable, Sendable {
    package var header: ResponseHeader
    package var members: [Member]

    package init(header: ResponseHeader, members: [Member]) {
        self.header = header
        self.members = members
    }
}
