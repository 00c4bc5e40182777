import Testing

@testable import SnapshotFile

struct MembershipTests {
    /// Ids that etcd 3.4 to 3.7 gave the same members.
    @Test func idsAreThoseOfEtcd() throws {
        let one = try membership("a", "a=http://127.0.0.1:23011", token: "tok-34")
        #expect(one.local.id.description == "e941a1ecdebc0bcb")
        #expect(one.clusterID.description == "d928b349fce33918")

        let three = try membership(
            "b", "a=http://10.9.0.1:2380,b=http://10.9.0.2:2380,c=http://10.9.0.3:2380", token: "restored")
        let ids = Dictionary(uniqueKeysWithValues: three.members.map { ($0.name, $0.id.description) })
        #expect(ids == ["a": "ccc497f97a1c6169", "b": "fb49a0c4c0eb9362", "c": "7b964be6af0bb710"])
        #expect(three.clusterID.description == "3f89940947bcb927")
        #expect(three.members.map(\.name) == ["c", "a", "b"])
        #expect(three.local.name == "b")
    }

    @Test func theOrderOfTheURLsDoesNotMatter() throws {
        let one = try membership("a", "a=http://h:1,a=http://h:2", advertised: ["http://h:2", "http://h:1"])
        let other = try membership("a", "a=http://h:2,a=http://h:1", advertised: ["http://h:1", "http://h:2"])
        #expect(one == other)
        #expect(one.local.peerURLs.map(\.description) == ["http://h:1", "http://h:2"])
    }

    @Test(arguments: [
        (
            "x", "a=http://h:1", ["http://h:1"],
            "couldn't find local name \"x\" in the initial cluster configuration"
        ),
        (
            "a", "a=http://h:1,a=http://h:2", ["http://h:1"],
            "--initial-cluster has a=http://h:2 but missing from --initial-advertise-peer-urls=http://h:1"
        ),
        (
            "a", "a=http://h:1", ["http://h:1", "http://h:2"],
            "--initial-advertise-peer-urls has http://h:2 but missing from the URLs of \"a\" in "
                + "--initial-cluster=a=http://h:1"
        ),
        (
            "a", "a=http://h:1,b=http://h:1", ["http://h:1"],
            "initial cluster a=http://h:1,b=http://h:1 has duplicate url"
        ),
        ("a", "a=http://h:1", [], "--initial-advertise-peer-urls names no URL"),
    ])
    func refusesWhatEtcdRefuses(_ name: String, _ cluster: String, _ urls: [String], expected: String) throws {
        let error = try #require(throws: MembershipError.self) { try membership(name, cluster, advertised: urls) }
        #expect(error.description == expected)
    }

    @Test(arguments: [
        ("a=http://one:1", "http://10.0.0.1:1", true),
        ("a=http://one:1", "http://10.0.0.2:1", false),
        ("a=http://one:1", "http://10.0.0.1:2", false),
        ("a=http://one:1", "https://10.0.0.1:1", false),
        ("a=http://unknown:1", "http://10.0.0.1:1", false),
    ])
    func aNameAndItsAddressAreTheSame(_ cluster: String, _ url: String, _ isAccepted: Bool) throws {
        let addresses: [String: Set<String>] = [
            "one": ["10.0.0.1", "fd00::1"], "10.0.0.1": ["10.0.0.1"], "10.0.0.2": ["10.0.0.2"],
        ]
        let result = Result {
            try Membership(
                name: "a", initialCluster: InitialCluster(cluster), token: "", advertised: [PeerURL(url)],
                addresses: { addresses[$0] })
        }
        #expect(((try? result.get()) != nil) == isAccepted)
    }

    @Test func addressesAreThoseOfThisMachine() {
        #expect(HostAddresses.find("127.0.0.1") == ["127.0.0.1"])
        #expect(HostAddresses.find("localhost")?.contains("127.0.0.1") == true)
    }

    @Test func aMemberIsWrittenAsEtcdWritesIt() throws {
        let member = try membership("a<&\"", "a<&\"=http://127.0.0.1:23011", token: "tok-34").local
        #expect(
            member.json
                == #"{"id":16807893323044621259,"peerURLs":["http://127.0.0.1:23011"],"name":"a\u003c\u0026\""}"#)
    }

    private func membership(
        _ name: String, _ cluster: String, token: String = "t", advertised: [String]? = nil
    ) throws -> Membership {
        let initial = try InitialCluster(cluster)
        let urls = try advertised.map { try $0.map { try PeerURL($0) } } ?? initial.peerURLs[name] ?? []
        return try Membership(
            name: name, initialCluster: initial, token: token, advertised: urls, addresses: { _ in nil })
    }
}
