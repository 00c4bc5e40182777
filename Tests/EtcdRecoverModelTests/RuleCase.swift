import Testing

@testable import EtcdRecoverModel

/// A manifest that is right but for what the case changes, and everything that is said about it.
struct RuleCase: Sendable, CustomTestStringConvertible {
    var name: String
    var manifest: JSONValue
    var old: JSONValue?
    var world: World
    var requester: UserInfo?
    var options: RuleOptions
    /// One line each: severity, rule, path, message.
    var expected: [String]

    init(
        _ name: String, _ manifest: JSONValue, _ changes: KeyValuePairs<String, JSONValue> = [:], old: JSONValue? = nil,
        in world: World = .prod, requester: UserInfo? = nil, options: RuleOptions = RuleOptions(),
        says expected: [String]
    ) {
        self.name = name
        self.manifest = manifest.setting(changes)
        self.old = old
        self.world = world
        self.requester = requester
        self.options = options
        self.expected = expected
    }

    var testDescription: String { name }

    var findings: [Finding] {
        get async {
            switch manifest["kind"]?.string {
            case EtcdRestore.kind: await findings(of: EtcdRestore.self)
            case EtcdRecovery.kind: await findings(of: EtcdRecovery.self)
            default: await findings(of: EtcdBackup.self)
            }
        }
    }

    private func findings<Resource: ManagedResource>(of type: Resource.Type) async -> [Finding] {
        await type.decode(manifest, unknownFields: .refuse).allFindings(
            old: old.map { type.decode($0, unknownFields: .ignore).object }, requester: requester, lookup: world,
            options: options)
    }

    static let all =
        ShapeCases.all + MetadataCases.all + UpdateCases.all + BackupCases.all + DestinationCases.all
        + CredentialCases.all + CollisionCases.all + RestoreCases.all + StorageCases.all + SourceCases.all
        + EmptyTargetCases.all + RecoveryCases.all + RecoveryUpdateCases.all
}

extension Finding {
    var line: String { "\(severity.rawValue) \(rule) \(path): \(message)" }
}

@Suite struct RuleCaseTests {
    @Test(arguments: RuleCase.all)
    func saysAllOfItInFieldOrder(_ row: RuleCase) async {
        #expect(await row.findings.map(\.line) == row.expected)
    }

    @Test func everyRuleIsCataloguedAndShownByACase() async {
        var emitted: Set<RuleID> = []
        for row in RuleCase.all { emitted.formUnion(await row.findings.map(\.rule)) }
        #expect(emitted == Set(RuleCatalogue.all.map(\.id)))
    }

    @Test func everyFindingAgreesWithItsRuleInTheCatalogue() async throws {
        for row in RuleCase.all {
            for finding in await row.findings {
                let rule = try #require(RuleCatalogue[finding.rule])
                #expect(finding.reason == rule.reason)
                #expect(finding.severity == rule.severity || rule == LookupRules.unavailable)
            }
        }
    }

    @Test func everyIDIsUnique() {
        #expect(Set(RuleCatalogue.all.map(\.id)).count == RuleCatalogue.all.count)
    }
}
