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
        report.missingEntries = 4
        report.movedAside = ["/var/lib/etcd/.etcdrecover-aside/0d5f5f0e-8f6a-4a53-8a3f-1c6d1c1b2a33-1/member"]
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
        #expect(read.movedAside == full.movedAside)
    }

    @Test func whereOldDataWentIsSaidLongestOfAll() throws {
        var report = full
        report.movedAside = (0..<20).map { "/var/lib/etcd/\(String(repeating: "d", count: 150))/\($0)" }
        let read = try #require(
            AgentReport(terminationMessage: String(decoding: try report.terminationMessage, as: UTF8.self)))
        #expect(read.movedAside == report.movedAside)
        report.movedAside = (0..<50).map { "/var/lib/etcd/\(String(repeating: "d", count: 150))/\($0)" }
        let message = try report.terminationMessage
        #expect(message.count <= 4096)
        let cut = try #require(AgentReport(terminationMessage: String(decoding: message, as: UTF8.self)))
        #expect(cut.movedAside.map { !$0.isEmpty && report.movedAside?.starts(with: $0) == true } == true)
    }
}
