import EtcdRecoverModel
import Testing

@testable import Controllers

struct RefusalTests {
    private static func finding(_ rule: String, _ severity: Finding.Severity = .error) -> Finding {
        Finding(RuleID(rawValue: rule), at: FieldPath("spec"), severity, .invalid, "no")
    }

    private func judged(_ findings: [Finding]) -> Failure? { Failure(findings, reason: RestoreReconciler.reason) }

    /// What was good when it was admitted is told from what never was.
    @Test(arguments: [
        (["restore.target.pods"], "TargetNotEmpty", false),
        (["restore.target.volumes", "restore.target.readyMembers"], "TargetNotEmpty", false),
        (["restore.target.version.required"], "InvalidSpec", false),
        (["restore.target.pods", "restore.target.size.invalid"], "InvalidSpec", false),
        (["restore.source.backupRef.notCompleted"], "BackupNotUsable", false),
        (["restore.source.backupRef.name.invalid"], "InvalidSpec", false),
    ])
    func refusalsAreToldApart(_ rules: [String], reason: String, mayPass: Bool) throws {
        let failure = try #require(judged(rules.map { Self.finding($0) }))
        #expect(failure.reason.rawValue == reason)
        #expect(failure.mayPass == mayPass)
    }

    @Test func whatCouldNotBeLookedUpMayPass() throws {
        let failure = try #require(judged([Self.finding("restore.target.pods", .unresolved)]))
        #expect(failure.reason == .kubernetesUnavailable && failure.mayPass)
        #expect(judged([Self.finding("restore.target.size.even", .warning)]) == nil)
    }
}
