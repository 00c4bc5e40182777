import Testing

@testable import SnapshotFile

struct PeerURLTests {
    @Test(arguments: [
        ("http://127.0.0.1:2380", "http://127.0.0.1:2380"),
        (" https://etcd-0.etcd.ns.svc:2380\n", "https://etcd-0.etcd.ns.svc:2380"),
        ("HTTPS://Host:2380", "https://Host:2380"),
        ("http://[fd00::1]:2380", "http://[fd00::1]:2380"),
        ("http://[fe80::1%25eth0]:2380", "http://[fe80::1%25eth0]:2380"),
        ("unix://localhost:m1", "unix://localhost:m1"),
    ])
    func hasTheTextThatEtcdGivesIt(_ given: String, expected: String) throws {
        #expect(try PeerURL(given).description == expected)
    }

    @Test(arguments: [
        ("127.0.0.1:2380", "URL scheme must be http, https, unix, or unixs: 127.0.0.1:2380"),
        ("ftp://h:1", "URL scheme must be http, https, unix, or unixs: ftp://h:1"),
        ("http://h", "URL address does not have the form \"host:port\": http://h"),
        ("http://h:", "URL address does not have the form \"host:port\": http://h:"),
        ("http://h:65536", "URL address does not have the form \"host:port\": http://h:65536"),
        ("http://:2380", "URL address does not have the form \"host:port\": http://:2380"),
        ("http://fd00::1:2380", "URL address does not have the form \"host:port\": http://fd00::1:2380"),
        ("http://u:p@h:1", "URL address does not have the form \"host:port\": http://u:p@h:1"),
        ("http://h:1?q", "URL address does not have the form \"host:port\": http://h:1?q"),
        ("http://h:1/", "URL must not contain a path: http://h:1/"),
        ("", "URL scheme must be http, https, unix, or unixs: "),
    ])
    func isRefusedWhenNoPeerCouldUseIt(_ given: String, expected: String) throws {
        let error = try #require(throws: MembershipError.self) { try PeerURL(given) }
        #expect(error.description == expected)
    }

    @Test(arguments: [
        ("a=http://h:1,b=http://h:2", "a=http://h:1,b=http://h:2"),
        (",b=http://h:2,,a=http://h:3,a=http://h:1,", "a=http://h:1,a=http://h:3,b=http://h:2"),
    ])
    func theInitialClusterIsReadAsEtcdReadsIt(_ given: String, expected: String) throws {
        #expect(try InitialCluster(given).description == expected)
    }

    @Test(arguments: [
        ("", "--initial-cluster names no member"),
        ("a", "--initial-cluster has \"a\" where NAME=URL is expected"),
        ("=http://h:1", "--initial-cluster has \"=http://h:1\" where NAME=URL is expected"),
        ("a=", "URL scheme must be http, https, unix, or unixs: "),
    ])
    func anUnreadableInitialClusterIsRefused(_ given: String, expected: String) throws {
        let error = try #require(throws: MembershipError.self) { try InitialCluster(given) }
        #expect(error.description == expected)
    }
}
