import Testing

@testable import EtcdRecoverModel

@Suite struct SecrecyTests {
    @Test func noMessageHasACredentialOfAnyCase() async {
        for row in RuleCase.all {
            for finding in await row.findings {
                #expect(!finding.message.contains("hush-hush"), "\(row.name)")
                #expect(!finding.message.contains("AKIAEXAMPLE"), "\(row.name)")
                #expect(!finding.message.contains("MAMCAQ"), "\(row.name)")
                #expect(!finding.message.contains("iam.gserviceaccount.com"), "\(row.name)")
            }
        }
    }

    @Test func messagesStayOnOneLineAndShort() async {
        for row in RuleCase.all {
            for finding in await row.findings {
                #expect(finding.message.utf8.count < 1_000, "\(row.name)")
                #expect(
                    finding.message.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control },
                    "\(row.name)")
            }
        }
    }

    @Test(arguments: [
        ("a\u{1B}[31m", #""a\u{1b}[31m""#), ("a\nb\t\"c\\", #""a\nb\t\"c\\""#), ("a\u{202E}b", #""a\u{202e}b""#),
        ("é", "\"é\""),
    ])
    func quotedTextCannotChangeTheTerminal(_ text: String, printed: String) {
        #expect(quoted(text) == printed)
    }
}
