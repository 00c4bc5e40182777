import Testing

@testable import EtcdRecoverModel

/// Object stores compare keys byte by byte, and Swift compares strings by what they mean.
@Suite struct KeyBytesTests {
    private let composed: JSONValue = "caf\u{e9}"
    private let decomposed: JSONValue = "cafe\u{301}"

    private func backup(_ prefix: JSONValue) -> EtcdBackup {
        EtcdBackup.decode(Sample.backup.setting(["spec.destination.prefix": prefix]), unknownFields: .refuse).object
    }

    private func restore(_ path: String, _ value: JSONValue) -> EtcdRestore {
        EtcdRestore.decode(
            Sample.located.setting([path: value], below: "spec.source.location."), unknownFields: .refuse
        ).object
    }

    @Test func anotherSpellingOfAPrefixIsAnotherSpec() throws {
        var old = backup(composed)
        #expect(old.hasSameSpec(as: backup(composed)))
        #expect(!old.hasSameSpec(as: backup(decomposed)))
        old.status = EtcdBackup.Status(phase: .completed)
        let finding = try #require(backup(decomposed).pureFindings(old: old, options: RuleOptions()).first)
        #expect(finding.rule == UpdateRules.immutable.id)
        #expect(finding.message.contains("(changed: destination.prefix)"))
    }

    @Test(arguments: ["key", "destination.prefix"])
    func anotherSpellingInALocationIsAnotherSpec(_ path: String) {
        #expect(restore(path, composed).hasSameSpec(as: restore(path, composed)))
        #expect(!restore(path, composed).hasSameSpec(as: restore(path, decomposed)))
    }

    @Test func everyFieldOfADestinationCounts() {
        let whole = Destination(
            provider: .s3, prefix: "a", secretRef: .init(name: "a"), s3: .init(bucket: "a"), gcs: .init(bucket: "a"))
        let changes: [(inout Destination) -> Void] = [
            { $0.provider = nil }, { $0.prefix = nil }, { $0.secretRef = nil }, { $0.s3 = nil }, { $0.gcs = nil },
        ]
        #expect(changes.count == Mirror(reflecting: whole).children.count)
        for change in changes {
            var other = whole
            change(&other)
            #expect(other != whole)
        }
    }

    @Test func aTrailingSlashIsOneByte() {
        // An Arabic number sign takes the slash behind it into one character.
        #expect(Destination.withoutTrailingSlash("a\u{600}/").utf8.elementsEqual("a\u{600}".utf8))
        #expect(Destination.withoutTrailingSlash("a/") == "a")
        #expect(Destination.withoutTrailingSlash("/") == "/")
        #expect(Destination.withoutTrailingSlash("a//") == "a//")
    }

    @Test func aWholeURIIsRecognizedByItsBytes() {
        let findings = restore("key", "s3://\u{301}x").pureFindings(old: nil, options: RuleOptions())
        #expect(findings.contains { $0.message.contains("not a whole URI") })
    }
}
