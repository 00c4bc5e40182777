/// The members of a cluster that starts anew, with their ids, and which of them is restored.
package struct Membership: Hashable, Sendable {
    package struct Member: Hashable, Sendable {
        package let id: MemberID
        package let name: String
        /// In order.
        package let peerURLs: [PeerURL]
    }

    /// By id.
    package let members: [Member]
    package let local: Member
    package let clusterID: ClusterID
    package let token: String

    /// The token of etcd's flags when none is given: the ids of many clusters are made with it.
    package static let usualToken = "etcd-cluster"

    /// Checks what the flags say, as etcd does.
    /// - Parameter addresses: the addresses of a host name, nil when it has none; asked only for names, and only where
    ///   the texts of two URLs differ.
    package init(
        name: String, initialCluster: InitialCluster, token: String, advertised: [PeerURL],
        addresses: (String) -> Set<String>? = { HostAddresses.find($0) }
    ) throws {
        guard let expected = initialCluster.peerURLs[name] else { throw MembershipError.nameMissing(name) }
        guard !advertised.isEmpty else { throw MembershipError.noAdvertisedURLs }
        if !PeerURL.reachSame(expected, advertised, addresses) {
            throw Self.difference(of: name, in: initialCluster, advertised: advertised)
        }
        guard !initialCluster.hasDuplicateURL else { throw MembershipError.duplicateURL(initialCluster) }
        members = try initialCluster.peerURLs.map { name, urls in
            Member(id: try MemberID(peerURLs: urls, token: token), name: name, peerURLs: urls)
        }.sorted { $0.id < $1.id }
        for (index, member) in members.enumerated() {
            guard member.id.rawValue != 0, index == 0 || members[index - 1].id != member.id else {
                throw MembershipError.unusableID(member.id)
            }
        }
        guard let local = members.first(where: { $0.name == name }) else { throw MembershipError.nameMissing(name) }
        self.local = local
        self.token = token
        clusterID = try ClusterID(members: members.map(\.id))
    }

    private static func difference(
        of name: String, in cluster: InitialCluster, advertised: [PeerURL]
    ) -> MembershipError {
        let expected = cluster.peerURLs[name] ?? []
        let missing = expected.filter { !advertised.contains($0) }
        return missing.isEmpty
            ? .notInInitialCluster(
                advertised.filter { !expected.contains($0) }, of: name, initialCluster: cluster)
            : .notAdvertised(missing.map { "\(name)=\($0)" }, advertised: advertised.sorted())
    }
}

extension PeerURL {
    /// Whether both name the same places: the same texts, or hosts with an address in common.
    fileprivate static func reachSame(
        _ ones: [PeerURL], _ others: [PeerURL], _ addresses: (String) -> Set<String>?
    ) -> Bool {
        guard ones.sorted() != others.sorted() else { return true }
        var left = others
        for one in ones.filter({ !others.contains($0) }) {
            guard let match = left.firstIndex(where: { !ones.contains($0) && one.reachesSame(as: $0, addresses) })
            else { return false }
            left.remove(at: match)
        }
        return ones.count == others.count
    }

    private func reachesSame(as other: PeerURL, _ addresses: (String) -> Set<String>?) -> Bool {
        guard case .network(let isTLS, let host, let port) = place,
            case .network(let otherIsTLS, let otherHost, let otherPort) = other.place,
            isTLS == otherIsTLS, port == otherPort, let found = addresses(host), let others = addresses(otherHost)
        else { return false }
        return !found.isDisjoint(with: others)
    }
}
