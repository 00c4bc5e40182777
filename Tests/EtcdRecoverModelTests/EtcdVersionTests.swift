import Testing

@testable import EtcdRecoverModel

@Suite struct EtcdVersionTests {
    @Test(arguments: ["v3.5.21", "3.5.21", "v3.6.0-rc.1", "3.10.0-alpha.0", "10.0.0-a-b.1"])
    func takes(_ text: String) {
        #expect(EtcdVersion(text) != nil)
    }

    @Test(arguments: [
        "", "v", "latest", "3.5", "3.5.21.1", "V3.5.21", "vv3.5.21", "3.05.1", "3.5.21-", "3.5.21-a..b", "3.5.21-a_b",
        "3.5.21+build", "-3.5.21", "3.5.x", " 3.5.21", "3.5.99999999999999999999", "3.5.21\n", "3.5.21-ü",
        "3.5.21-" + String(repeating: "a", count: 122),
    ])
    func refuses(_ text: String) {
        #expect(EtcdVersion(text) == nil)
    }

    @Test(arguments: [("3.3.27", false), ("3.4.0", true), ("3.10.0", true), ("2.9.9", false), ("4.0.0", true)])
    func knowsWhatIsSupported(_ text: String, isSupported: Bool) throws {
        #expect(try #require(EtcdVersion(text)).isSupported == isSupported)
    }
}
