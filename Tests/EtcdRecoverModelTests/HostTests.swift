import Testing

@testable import EtcdRecoverModel

@Suite struct HostTests {
    @Test(
        arguments: [
            // IPv4 in every spelling that inet_aton takes.
            ("127.0.0.1", .loopback), ("127.1", .loopback), ("127.0.1", .loopback), ("2130706433", .loopback),
            ("0x7f000001", .loopback), ("0X7F.1", .loopback), ("0177.0.0.1", .loopback), ("017700000001", .loopback),
            ("0x7f.0.0x0.01", .loopback), ("127.0.0.1.", .loopback), ("127.255.255.254", .loopback),
            ("0.0.0.0", .unspecified), ("0", .unspecified), ("0x", .unspecified), ("00.0x0", .unspecified),
            ("169.254.169.254", .metadata), ("2852039166", .metadata), ("0xa9fea9fe", .metadata),
            ("0251.0376.0251.0376", .metadata),
            ("169.254.43518", .metadata), ("169.254.170.2", .linkLocal), ("169.254.0.1", .linkLocal),
            ("100.100.100.200", .metadata),
            // IPv6, and IPv4 inside it.
            ("[::1]", .loopback), ("[0:0:0:0:0:0:0:1]", .loopback), ("[0000::0001]", .loopback), ("[::]", .unspecified),
            ("[::ffff:127.0.0.1]", .loopback), ("[::FFFF:7F00:1]", .loopback), ("[::127.0.0.1]", .loopback),
            ("[::ffff:0:127.0.0.1]", .loopback), ("[64:ff9b::127.0.0.1]", .loopback),
            ("[64:ff9b::a9fe:a9fe]", .metadata),
            ("[64:ff9b:1::127.0.0.1]", .loopback), ("[2002:7f00:1::]", .loopback), ("[::ffff:0.0.0.0]", .unspecified),
            ("[::1%25lo]", .loopback), ("[fe80::1]", .linkLocal), ("[fe80::1%eth0]", .linkLocal),
            ("[fe80::1%25eth0]", .linkLocal),
            ("[FEBF::1]", .linkLocal), ("[fd00:ec2::254]", .metadata), ("[fd00:0ec2:0:0::254]", .metadata),
            ("[fd00:ec2::23]", .metadata), ("[fd20:ce::254]", .metadata),
            // Names.
            ("localhost", .loopback), ("LocalHost.", .loopback), ("a.b.localhost", .loopback),
            ("localhost.localdomain", .loopback),
            ("ip6-localhost", .loopback), ("metadata.google.internal", .metadata),
            ("Metadata.Google.Internal.", .metadata),
            ("metadata", .metadata), ("instance-data", .metadata),
        ] as [(String, LocalPlace)])
    func knowsALocalPlaceInAnySpelling(_ text: String, place: LocalPlace) throws {
        #expect(try #require(Host(Substring(text))).localPlace == place)
    }

    @Test(arguments: [
        ("s3.example.com", "s3.example.com"), ("S3.Example.COM.", "s3.example.com"),
        ("minio.minio.svc", "minio.minio.svc"),
        ("localhost.evil.example", "localhost.evil.example"), ("notlocalhost", "notlocalhost"),
        ("metadata.google.internal.example.com", "metadata.google.internal.example.com"),
        ("127.0.0.1.nip.io", "127.0.0.1.nip.io"),
        ("128.0.0.1", "128.0.0.1"), ("10.1", "10.0.0.1"), ("10.1.", "10.0.0.1"), ("0xa000001", "10.0.0.1"),
        ("1.0.0.1", "1.0.0.1"),
        ("[2001:db8::1]", "[2001:db8:0:0:0:0:0:1]"), ("[::ffff:10.0.0.1]", "[0:0:0:0:0:ffff:a00:1]"),
        ("[fec0::1]", "[fec0:0:0:0:0:0:0:1]"), ("my_store", "my_store"),
        ("xn--bcher-kva.example", "xn--bcher-kva.example"),
        ("0xg.example", "0xg.example"),
    ])
    func takesWhatIsElsewhere(_ text: String, description: String) throws {
        let host = try #require(Host(Substring(text)))
        #expect(host.localPlace == nil)
        #expect(host.description == description)
    }

    @Test(arguments: [
        "", ".", "..", "a..b", "127.0.0.1..", "256.0.0.1", "1.2.3.4.5", "08.0.0.1", "4294967296", "127.0.0.0x100",
        "127%2e0.0.1", "%6cocalhost", "１２７.0.0.1", "ⓛocalhost", "localhost。", "-a.example", "a-.example", "a b", "a/b",
        "a@b",
        "[]", "[::1", "::1", "[1::2::3]", "[1:2:3:4:5:6:7]", "[1:2:3:4:5:6:7:8:9]", "[::g]", "[::12345]", "[:::]",
        "[::+1]", "[::-0]",
        "[::256.0.0.1]", "[::1.2.3]", "[127.0.0.1]", "[%25lo]", "foo.0x7f", "example.123",
    ])
    func refusesWhatNoResolverShouldBeAsked(_ text: String) {
        #expect(Host(Substring(text)) == nil)
    }
}
