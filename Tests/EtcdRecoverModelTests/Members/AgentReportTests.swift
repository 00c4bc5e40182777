import EtcdRecoverModel
import FoundationEssentials
import Testing

struct AgentReportTests {
    private var full: AgentReport {
        var report = AgentReport(.restored, message: "restored")
        report.member = .init(
            name: "orders-0", id: "8e9e05c52164694d", clusterID: "cdf818194e3a8c32", revision: 12, snapshotRevision: 2,
            keys: 7)
        report.inherited = .init(authEnabled: true, alarms: ["NOSPACE"], encryptedValues: 3, leasedKeys: 1)
        report.warnings = ["one", "two"]
        return report
    }

    @Test func aTerminationMessageComesBack() throws {
        let text = String(decoding: try full.terminationMessage, as: UTF8.self)
        #expect(AgentReport(terminationMessage: text) == full)
        #expect(AgentReport(terminationMessage: "panic: out of memory") == nil)
    }

    @Test(arguments: [
        String(repeating: "x", count: 10_000), String(repeating: "\"", count: 5_000),
        String(repeating: "\u{1}", count: 4_000), String(repeating: "漢", count: 3_000),
        String(repeating: "e\u{301}\u{302}", count: 4_000),
    ])
    func aLongOneIsCutAndStaysWhole(_ text: String) throws {
        var report = full
        report.message = text
        report.warnings = Array(repeating: text, count: 3)
        report.inherited?.alarms = Array(repeating: "NOSPACE", count: 1000)
        let message = try report.terminationMessage
        #expect(message.count <= 4096)
        let read = try #require(AgentReport(terminationMessage: String(decoding: message, as: UTF8.self)))
        #expect(read.result == .restored)
        #expect(read.member == full.member)
    }
}
