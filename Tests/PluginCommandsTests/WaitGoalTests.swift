import EtcdRecoverModel
import Testing

@testable import PluginCommands

struct WaitGoalTests {
    @Test(arguments: [
        ("Completed", WaitGoal.phase("Completed")), ("completed", .phase("Completed")),
        ("condition=Succeeded", .condition(type: "Succeeded", status: "True")),
        ("condition=Succeeded=False", .condition(type: "Succeeded", status: "False")), ("delete", .deleted),
        ("Done", nil), ("", nil), ("condition=", nil), ("condition=a=b=c", nil), ("delete=x", nil),
    ])
    func goalsAreReadAsInKubectl(_ text: String, expected: WaitGoal?) {
        #expect(WaitGoal(text, phases: EtcdBackup.phases) == expected)
    }

    @Test(arguments: [
        ("Completed", nil, WaitGoal.Verdict.waiting),
        ("Completed", "Uploading", .waiting),
        ("Completed", "Completed", .reached),
        ("Completed", "Failed", .unreachable("failed: access denied")),
        ("Uploading", "Completed", .reached),
        ("Uploading", "Failed", .unreachable("failed: access denied")),
        ("Uploading", "Invented", .waiting),
        ("Failed", "Failed", .reached),
        ("Failed", "Uploading", .waiting),
        ("Failed", "Completed", .unreachable("ended as Completed")),
        ("condition=Succeeded=False", "Failed", .reached),
        ("condition=succeeded=false", "Failed", .reached),
        ("condition=Succeeded", "Failed", .unreachable("failed: access denied")),
        ("condition=Other", "Completed", .unreachable("ended as Completed with Other not set")),
        ("condition=Other", "Uploading", .waiting),
        ("delete", "Completed", .waiting),
    ])
    func verdictsFollowThePhases(_ goal: String, phase: String?, expected: WaitGoal.Verdict) throws {
        let conditions =
            phase == "Failed" ? [Condition(type: "Succeeded", status: "False", message: "access denied")] : []
        let progress = Progress(
            phase: phase, isTerminal: phase == "Failed" || phase == "Completed", conditions: conditions, result: nil)
        let goal = try #require(WaitGoal(goal, phases: EtcdBackup.phases))
        #expect(goal.verdict(on: progress, phases: EtcdBackup.phases) == expected)
    }

    @Test(arguments: [
        ("backup/a", WaitTarget(kind: .backup, name: "a")), ("backups/a", .init(kind: .backup, name: "a")),
        ("EtcdBackup/a", .init(kind: .backup, name: "a")),
        ("etcdbackups.operator.etcd.io/a", .init(kind: .backup, name: "a")),
        ("etcdrestore.v1alpha1.operator.etcd.io/a", .init(kind: .restore, name: "a")),
        ("restore/a", .init(kind: .restore, name: "a")), ("backup", nil), ("backup/", nil), ("/a", nil),
        ("backup/a/b", nil), ("pod/a", nil), ("backup.example.com/a", nil),
    ])
    func targetsAreNamedAsInKubectl(_ text: String, expected: WaitTarget?) {
        #expect(WaitTarget(text) == expected)
    }

    @Test func everyEndingHasItsSentenceAndExitCode() throws {
        func outcome(_ ending: JobWait<EtcdBackup>.Ending, _ goal: WaitGoal = .phase("Completed")) -> String {
            do {
                return try ending.outcome("backup/a", goal: goal, timeout: .seconds(90))
            } catch {
                return "\(error.status.rawValue) \(error)"
            }
        }
        let done = Progress(phase: "Completed", isTerminal: true, conditions: [], result: "s3://b/k")
        #expect(outcome(.reached(done)) == "backup/a completed: s3://b/k")
        #expect(outcome(.reached(done), .phase("Uploading")) == "backup/a uploading")
        #expect(outcome(.reached(done), .condition(type: "A", status: "True")) == "backup/a condition met")
        #expect(outcome(.reached(nil), .deleted) == "backup/a deleted")
        #expect(
            outcome(.unreachable("failed: no")) == """
                1 backup/a failed: no
                see: kubectl etcdrecover backup describe a
                """)
        #expect(outcome(.deleted) == "1 backup/a was deleted while it was waited for")
        #expect(
            outcome(.timedOut(phase: "Uploading", trouble: nil)) == """
                124 backup/a did not reach Completed within 1m30s: its phase is Uploading
                the work goes on; wait for more: kubectl etcdrecover wait backup/a
                """)
        #expect(
            outcome(.timedOut(phase: nil, trouble: nil)) == """
                124 backup/a did not reach Completed within 1m30s: no controller has taken it up yet
                wait for more: kubectl etcdrecover wait backup/a
                """)
        #expect(
            outcome(.timedOut(phase: "Uploading", trouble: "no route")).hasPrefix(
                "124 backup/a did not reach Completed within 1m30s: its phase was Uploading; no route\n"))
        #expect(
            outcome(.timedOut(phase: nil, trouble: "the API server has not answered yet")).hasPrefix(
                "124 backup/a did not reach Completed within 1m30s: the API server has not answered yet\n"))
        #expect(
            outcome(.interrupted) == """
                130 interrupted: stopped waiting for backup/a; the work itself goes on
                wait again: kubectl etcdrecover wait backup/a
                """)
    }
}
