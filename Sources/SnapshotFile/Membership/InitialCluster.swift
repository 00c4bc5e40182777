/// The members that a cluster starts with: `--initial-cluster`.
package struct InitialCluster: Hashable, Sendable, CustomStringConvertible {
    /// Peer URLs in order, by the name of the member.
    package let peerURLs: [String: [PeerURL]]

    /// Reads `NAME=URL,NAME=URL`. A name that stands there again adds a URL; empty items do not matter.
    package init(_ text: String) throws(MembershipError) {
        var found: [String: [PeerURL]] = [:]
        for item in text.split(separator: ",") {
            let parts = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[0].isEmpty else { throw .notNameAndURL(String(item)) }
            found[String(parts[0]), default: []].append(try PeerURL(String(parts[1])))
        }
        guard !found.isEmpty else { throw .noMembers }
        peerURLs = found.mapValues { $0.sorted() }
    }

    /// `NAME=URL,NAME=URL`, in the order of the text.
    package var description: String {
        peerURLs.flatMap { name, urls in urls.map { "\(name)=\($0)" } }.sorted().joined(separator: ",")
    }

    var hasDuplicateURL: Bool {
        let urls = peerURLs.values.flatMap(\.self)
        return Set(urls).count != urls.count
    }
}
