import Testing

@testable import EtcdRecoverModel

@Suite struct SpeedTests {
    /// A thousand times what a release build takes here, so that only a rule that became quadratic, or an accident such
    /// as reading JSON again, makes it fail.
    @Test func pureRulesTakeNoTimeWorthMentioning() {
        let backup = EtcdBackup.decode(Sample.backup, unknownFields: .refuse).object.defaulted()
        let time = ContinuousClock().measure {
            for _ in 0..<1_000 { #expect(backup.pureFindings(old: nil, options: RuleOptions()).isEmpty) }
        }
        #expect(time < .seconds(5))
        print("pure rules: \(time / 1_000) each")
    }

    @Test(arguments: [String(repeating: "a/", count: 500_000), String(repeating: ".", count: 1_000_000)])
    func hugeValuesAreJudgedInTimeToo(_ text: String) {
        var backup = EtcdBackup.decode(Sample.backup, unknownFields: .refuse).object
        backup.spec?.clusterRef = text
        backup.spec?.destination?.prefix = text
        backup.spec?.destination?.s3?.bucket = text
        backup.spec?.destination?.s3?.endpoint = "https://" + text
        backup.spec?.snapshotTimeout = text
        let time = ContinuousClock().measure {
            let findings = backup.pureFindings(old: nil, options: RuleOptions())
            #expect(findings.allSatisfy { $0.message.utf8.count < 2_000 })
        }
        #expect(time < .seconds(10))
    }
}
