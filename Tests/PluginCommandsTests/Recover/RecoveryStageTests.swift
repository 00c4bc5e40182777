import EtcdRecoverModel
import Testing

@testable import PluginCommands

/// What comes next, and what has changed since it was looked at.
struct RecoveryStageTests {
    @Test(
        arguments: [
            (nil, RecoveryStage.detecting), (.detecting, .detecting), (.awaitingApproval, .awaiting(digest: "d1")),
            (.snapshotting, .underWay), (.rebuilding, .underWay), (.scalingOut, .underWay),
            (.completed, .ended(.completed)),
            (.cancelled, .ended(.cancelled)), (.failed, .ended(.failed)),
        ] as [(EtcdRecovery.Phase?, RecoveryStage)])
    func thePhaseTellsWhatIsNext(_ phase: EtcdRecovery.Phase?, expected: RecoveryStage) {
        #expect(RecoveryStage(.sample { $0.status?.phase = phase }) == expected)
    }

    @Test(
        arguments: [
            (true, "d1", RecoveryStage.underWay), (true, "d0", .awaiting(digest: "d1")),
            (true, nil, .awaiting(digest: "d1")),
            (false, "d1", .awaiting(digest: "d1")),
        ] as [(Bool, String?, RecoveryStage)])
    func onlyAnApprovalOfThisStateCounts(_ approved: Bool, _ digest: String?, expected: RecoveryStage) {
        let recovery = EtcdRecovery.sample {
            $0.spec?.approved = approved
            $0.spec?.approvedDigest = digest
        }
        #expect(RecoveryStage(recovery) == expected)
    }

    @Test func whatIsCalledOffIsNotApproved() {
        #expect(RecoveryStage(.sample { $0.spec?.aborted = true }) == .detecting)
        #expect(RecoveryStage(.sample { $0.status?.observed?.digest = nil }) == .detecting)
    }

    @Test(arguments: ["Completed", "Snapshotting"])
    func aCancelledOneNeverReachesWhatIsWaitedFor(_ phase: String) throws {
        let goal = try #require(WaitGoal(phase, phases: EtcdRecovery.phases))
        let cancelled = EtcdRecovery.sample(phase: .cancelled) { $0.status?.message = "quorum came back" }
        #expect(
            goal.verdict(on: cancelled.progress, phases: EtcdRecovery.phases)
                == .unreachable("ended as Cancelled: quorum came back"))
        let completed = EtcdRecovery.sample(phase: .completed)
        #expect(goal.verdict(on: completed.progress, phases: EtcdRecovery.phases) == .reached)
    }

    @Test func whatChangedIsNamed() {
        let after = EtcdRecovery.sample {
            $0.status?.observed?.permanent = false
            $0.status?.observed?.members = [
                EtcdRecovery.member("main-0"), EtcdRecovery.member("main-1", revision: 900, index: 1000),
                EtcdRecovery.member("main-2", revision: 979, index: 1199), EtcdRecovery.member("main-3"),
            ]
            $0.status?.survivor = EtcdRecovery.survivor("main-2", revision: 979, index: 1199)
        }
        #expect(
            RecoveryChange(from: .sample(), to: after).lines == [
                "main-0 does not answer any more", "main-0: revision 980 is now unknown",
                "main-0: index 1201 is now unknown", "main-1 answers now", "main-1: revision unknown is now 900",
                "main-1: index unknown is now 1000", "main-1: volume absent is now Bound",
                "main-2: revision 978 is now 979", "main-2: index 1198 is now 1199", "main-3 is a member now",
                "the missing members may come back by themselves now", "main-2 would be kept, and not main-0",
            ])
        #expect(
            RecoveryChange(from: .sample(), to: .sample()).lines == [
                "what differs is not among what is shown, such as where the rescue copies go"
            ])
    }
}
