import EtcdRecoverModel
import Testing

@testable import PluginCommands

/// What is said at the end.
struct RecoveryAccountTests {
    private func ended(_ phase: EtcdRecovery.Phase, _ change: (inout EtcdRecovery) -> Void = { _ in }) -> EtcdRecovery {
        .sample(phase: phase) { recovery in
            recovery.status?.attempts = 1
            var copy = EtcdRecovery.RescueCopy(member: "main-0", location: "s3://rescue/main.rescue/main-1/main-0.db")
            (copy.sizeBytes, copy.revision) = (20512, 980)
            recovery.status?.rescueCopies = [copy]
            var loss = EtcdRecovery.DataLoss()
            loss.message = "kept: everything that main-0 had applied"
            loss.recoveredTime = Timestamp(rawValue: "2026-01-01T00:06:00Z")
            recovery.status?.dataLoss = loss
            recovery.status?.conditions = [Condition(type: EtcdRecovery.dataLossPossible, status: "True")]
            change(&recovery)
        }
    }

    @Test func aCompletedOneSaysWhatWasKeptWhereAllLiesAndWhatIsNext() {
        let recovery = ended(.completed) {
            var found = EtcdRecovery.Verification()
            (found.clusterID, found.members, found.revision, found.keyspaceHash, found.matches) = (
                "ab", 3, 981, 77, true
            )
            $0.status?.verification = found
            $0.status?.message = "3 members agree"
        }
        #expect(
            RecoveryAccount(recovery: recovery, flags: " -n db").text == """
                recovery/main-1 of main completed: 3 members agree
                Data:
                  - kept: everything that main-0 had applied
                  - writable again since 2026-01-01T00:06:00Z
                Read back:
                  - 3 members agree: cluster ab, revision 981, HashKV 77
                Rescue copies:
                  - main-0: s3://rescue/main.rescue/main-1/main-0.db (20512 bytes, revision 980)
                Moved aside:
                  - what each member had: on its volume, in .etcdrecover-aside/u1-ATTEMPT in its data directory. Remove it by \
                hand, when nobody needs it any more
                Next:
                  - when you have read this: kubectl etcdrecover recover acknowledge main-1 -n db
                  - back it up: kubectl etcdrecover backup create --cluster main …

                """)
    }

    @Test func aFailedOneSaysHowToGoOn() {
        let text = RecoveryAccount(recovery: ended(.failed) { $0.status?.message = "no" }).text
        #expect(text.hasPrefix("recovery/main-1 of main failed: no\nData:\n"))
        #expect(text.hasSuffix("then try again: kubectl etcdrecover recover main\n"))
    }

    @Test func aCancelledOneHasNothingToSay() {
        let recovery = EtcdRecovery.sample(phase: .cancelled) { $0.status?.message = "quorum came back by itself" }
        #expect(
            RecoveryAccount(recovery: recovery).text
                == "recovery/main-1 of main was cancelled: quorum came back by itself\n")
    }
}
