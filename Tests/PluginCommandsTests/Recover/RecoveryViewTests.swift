import EtcdRecoverModel
import FoundationEssentials
import Testing

@testable import PluginCommands

/// What a person reads before approving.
struct RecoveryViewTests {
    private static let now = Date(timeIntervalSince1970: 1_767_225_600 + 300)

    private func text(_ recovery: EtcdRecovery, backedUpTo: Destination? = nil) -> String {
        RecoveryView(recovery, backedUpTo: backedUpTo, now: Self.now).text()
    }

    @Test func theEvidenceAndThePlanAreOnePage() {
        #expect(
            text(.sample()) == """
                main has lost its majority since 2026-01-01T00:00:00Z (5m)
                  - 2 of 5 voters answer, too few for a quorum of 3
                The missing members cannot come back by themselves, as far as Kubernetes tells.

                MEMBER   ANSWERS   LAST HEARD   ROLE    TERM   INDEX   REVISION   POD       VOLUME
                main-0   yes       60s ago      voter   4      1201    980        Running   Bound
                main-1   no        never                                          absent    absent
                main-2   yes       60s ago      voter   4      1198    978        Running   Bound

                Kept are the data of main-0: it has applied most.
                  - main-2: 3 entries behind it, 2 revisions behind it

                What will be done:
                  1. Rescue copies of main-0 and main-2 go to s3://rescue/prod/main.rescue/main-1/, each checked. Nothing is \
                changed before they are there, and they stay until a person deletes them.
                  2. All members stop: the StatefulSet main is scaled to one replica, and the pods main-0, main-1 and main-2 \
                are deleted. No volume is.
                  3. main-0 starts from the rescue copy of main-0, alone, as a new cluster with a new ID, and takes writes \
                again. What it had is moved aside on its own volume, into .etcdrecover-aside in its data directory, and never \
                deleted.
                  4. The etcd-operator adds the others back one by one, as learners that become voters. What each had is \
                moved aside on its own volume, into .etcdrecover-aside in its data directory, and never deleted.
                  5. All members are read back: one cluster ID, no revision below 980, and the same HashKV everywhere.
                What is kept:
                  - everything that main-0 has applied, revision 980 and raft index 1201
                What is lost:
                  - writes that only main-1 had acknowledged: how many cannot be known, since nobody that answers has heard \
                of them

                State: d1

                """)
    }

    @Test func aPlainStatefulSetStartsEveryMemberFromTheCopy() {
        let steps = RecoveryPlan(.sample(layout: .plain), backedUpTo: nil).steps
        #expect(
            Array(steps[1...2]) == [
                "All members stop: the pods main-0, main-1 and main-2 are deleted. No volume is.",
                "Every member starts from the rescue copy of main-0, as a new cluster with a new ID. What each had is moved "
                    + "aside on its own volume, into .etcdrecover-aside in its data directory, and never deleted.",
            ])
    }

    @Test func whatMayPassIsToldNotToBeApproved() {
        let text = text(.sample { $0.status?.observed?.permanent = false })
        #expect(
            text.contains(
                "\nThe missing members may come back by themselves: where a node is on its way back, wait for it.\n"))
    }

    @Test func withoutAPlaceForTheCopiesItCannotBeApproved() {
        let recovery = EtcdRecovery.sample(place: nil)
        #expect(
            text(recovery).contains(
                "\nIt cannot be approved yet: there is no place for the rescue copies: no backup of the cluster was completed, "
                    + "and the recovery names none. Give --provider and --bucket\nState: d1\n"))
        // The newest backup says where.
        let plan = RecoveryPlan(recovery, backedUpTo: Destination(provider: .gcs, gcs: .init(bucket: "nightly")))
        #expect(plan.obstacle == nil)
        #expect(plan.steps[0].contains(" go to gs://nightly/main.rescue/main-1/, each checked."))
        // What was chosen at the approval stays.
        let chosen = EtcdRecovery.sample(place: nil) { $0.status?.destination = .rescue }
        #expect(RecoveryPlan(chosen, backedUpTo: nil).obstacle == nil)
    }

    @Test func copiesOnTheControllersVolumeAreShownAsSuch() {
        let onVolume = EtcdRecovery.sample(place: nil) {
            $0.status?.rescueServer = .init(url: "https://rescue.test:8444", caBundle: "ca")
        }
        let plan = RecoveryPlan(onVolume, backedUpTo: nil)
        #expect(plan.obstacle == nil)
        #expect(
            plan.steps[0]
                == "Rescue copies of main-0 and main-2 go to the controller's own volume, each checked. Nothing is changed before "
                + "they are there, and they stay until a person deletes this EtcdRecovery, acknowledged.")
        // What a person asks for meanwhile is what the controller looks at next.
        var asked = onVolume
        asked.spec?.destination = .rescue
        #expect(RecoveryPlan(asked, backedUpTo: nil).steps[0].contains(" go to s3://rescue/prod/"))
    }

    @Test func aSurvivorThatKnowsLessThanAnotherSaysWhatThatCosts() {
        let recovery = EtcdRecovery.sample {
            $0.spec?.survivor = "main-2"
            $0.status?.survivor = EtcdRecovery.survivor("main-2", revision: 978, index: 1198)
        }
        let plan = RecoveryPlan(recovery, backedUpTo: nil)
        #expect(
            plan.runnersUp.map(\.sentence) == [
                "main-0: 3 entries AHEAD of it, which only its rescue copy keeps, "
                    + "2 revisions AHEAD of it, which only its rescue copy keeps"
            ])
        #expect(plan.lost.first == "3 entries that main-0 has and main-2 has not")
        #expect(text(recovery).contains("Kept are the data of main-2: spec.survivor asks for it.\n"))
    }

    @Test func whereNobodyAnswersTheVolumeIsTheSource() {
        let recovery = EtcdRecovery.sample(place: nil) {
            $0.status?.observed?.members = [EtcdRecovery.member("main-0"), EtcdRecovery.member("main-1")]
            $0.status?.survivor = EtcdRecovery.survivor("main-0", revision: nil, index: nil, fromVolume: true)
            $0.status?.survivor?.readInPlace = true
        }
        let plan = RecoveryPlan(recovery, backedUpTo: nil)
        #expect(plan.obstacle == nil)
        #expect(
            plan.steps.first
                == "All members stop: the StatefulSet main is scaled to one replica, and the pods main-0 and main-1 are deleted. No volume is."
        )
        #expect(plan.steps[1].hasPrefix("main-0 starts from the database on its own volume, alone"))
        #expect(plan.kept == ["what the database on the volume of main-0 holds"])
        #expect(plan.lost.count == 2)
    }

    @Test func aVolumeThatCanBeReadBeforeIsCopiedFirst() {
        let recovery = EtcdRecovery.sample {
            $0.status?.observed?.members = [EtcdRecovery.member("main-0"), EtcdRecovery.member("main-2")]
            $0.status?.survivor = EtcdRecovery.survivor("main-2", revision: nil, index: nil, fromVolume: true)
        }
        let plan = RecoveryPlan(recovery, backedUpTo: nil)
        #expect(plan.steps.first?.hasPrefix("A pod beside main-2 reads its volume") == true, "\(plan.steps)")
        #expect(plan.steps[1].hasPrefix("All members stop"))
        #expect(plan.steps[2].hasPrefix("main-0 starts from the rescue copy of main-2, alone"))
    }

    @Test func withNobodyLeftToKeepThereIsNoPlan() {
        let recovery = EtcdRecovery.sample { $0.status?.survivor = nil }
        let plan = RecoveryPlan(recovery, backedUpTo: nil)
        #expect(plan.steps.isEmpty)
        #expect(plan.obstacle == "no member is left that could be kept")
    }

    @Test func theJSONHasAllThatIsShown() throws {
        let view = RecoveryView(.sample(), backedUpTo: nil, now: Self.now)
        let json = try JSONObject(view.json.jsonText())
        #expect(json["digest"]?.string == "d1")
        #expect(json["approvable"]?.bool == true)
        #expect(json["permanent"]?.bool == true)
        #expect(json["members"]?.array.compactMap { $0["name"]?.string } == ["main-0", "main-1", "main-2"])
        #expect(json["survivor"]?["name"]?.string == "main-0")
        #expect(json["runnersUp"]?.array.first?["entriesBehind"]?.int == 3)
        #expect(json["steps"]?.strings == view.plan.steps)
        #expect(json["lost"]?.strings == view.plan.lost)
    }

    @Test func wordsOfTheClusterCannotMoveTheCursor() {
        let text = text(.sample { $0.status?.observed?.reasons = ["a\u{1B}[2Jb"] })
        #expect(text.contains("a\\u{1B}[2Jb"))
    }
}
