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

    /// A body of a megabyte and more at admission: quadratic work on it would take the better part of an hour.
    @Test func hundredsOfThousandsOfProblemsAreJudgedInTime() {
        let empty = JSONValue.array(Array(repeating: [:], count: 500_000))
        let members = JSONValue.object(Dictionary(uniqueKeysWithValues: (0..<100_000).map { ("x\($0)", [:]) }))
        for value in [
            Sample.backup.setting(["spec": [:], "status.conditions": empty]),
            Sample.backup.setting(["metadata.ownerReferences": empty]),
            Sample.backup.setting(["metadata.labels": members]), Sample.backup.setting(["spec": members]),
        ] {
            let time = ContinuousClock().measure {
                let decoded = EtcdBackup.decode(value, unknownFields: .refuse)
                #expect(decoded.pureFindings().count == 1_000)
                #expect(decoded.object.metadata.name == "nightly")
            }
            #expect(time < .seconds(10))
        }
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
