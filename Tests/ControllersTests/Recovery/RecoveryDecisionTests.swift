import EtcdClient
import EtcdRecoverModel
import FoundationEssentials
import Testing

@testable import Controllers

/// What is decided of what is seen. Nothing is asked of anybody.
struct RecoveryDecisionTests {
    private static let now = Date(timeIntervalSince1970: 1_800_000_000)
    private static let copies = RescuePlace.store(Destination(provider: .s3, s3: .init(bucket: "copies")))
    private let policy = RecoveryPolicy()
    private let lost = SeenCluster.evidence([.init(), nil, nil], gone: [1, 2])

    private static func recovery(
        _ phase: EtcdRecovery.Phase? = .detecting, age: Double = 100, _ change: (inout EtcdRecovery) -> Void = { _ in }
    ) -> EtcdRecovery {
        var metadata = ObjectMeta(name: "main-1", namespace: "db")
        metadata.uid = "uid-1"
        var recovery = EtcdRecovery(metadata: metadata, spec: .init(clusterRef: "main"))
        guard let phase else { return recovery }
        recovery.status = recovery.begun(at: now.addingTimeInterval(-age))
        recovery.status?.phase = phase
        // As it was approved: the first two answered.
        recovery.status?.observed = .init(
            digest: nil, permanent: nil, reasons: nil,
            members: (0..<5).map { ordinal in
                var member = EtcdRecovery.Member(name: "main-\(ordinal)", reachable: ordinal < 2)
                if ordinal < 2 { member.raftIndex = 50 }
                return member
            })
        if phase == .detecting || phase == .awaitingApproval { recovery.status?.observed = nil }
        change(&recovery)
        return recovery
    }

    private func step(
        _ recovery: EtcdRecovery, _ evidence: ClusterEvidence?, destination: RescuePlace? = Self.copies,
        setback: Failure? = nil, uncopied: [String: Failure] = [:]
    ) -> RecoveryStep {
        RecoveryObservation(
            recovery: recovery, evidence: evidence, destination: destination, setback: setback, uncopied: uncopied,
            now: Self.now
        ).nextStep(policy)
    }

    private func written(
        _ step: RecoveryStep, at location: SourceLocation = #_sourceLocation
    ) throws -> EtcdRecovery.Status {
        switch step {
        case .write(let status, _), .tell(let status, _): return status
        default: throw Unexpected(step: "\(step)")
        }
    }

    private struct Unexpected: Error { let step: String }

    /// As `awaiting` leaves it behind, with the digest of `evidence`.
    private func awaiting(_ evidence: ClusterEvidence, _ change: (inout EtcdRecovery) -> Void = { _ in }) throws
        -> EtcdRecovery
    {
        var recovery = Self.recovery()
        recovery.status = try written(step(recovery, evidence))
        recovery.spec?.approvedDigest = recovery.status?.observed?.digest
        change(&recovery)
        return recovery
    }

    @Test func aLossCountsOnlyAfterTheGracePeriod() throws {
        let young = try written(step(Self.recovery(age: 30), lost))
        #expect(young.phase == .detecting)
        #expect(young.message?.contains("counts as lost after 60s") == true)
        let old = try written(step(Self.recovery(age: 61), lost))
        #expect(old.phase == .awaitingApproval)
        #expect(old.observed?.permanent == true)
        #expect(old.survivor?.name == "main-0")
        #expect(old.observed?.digest?.count == 64)
        #expect(old.observed?.members?.map(\.reachable) == [true, false, false])
    }

    @Test func aLookThatFailsIsNoLoss() throws {
        let setback = Failure(reason: .kubernetesUnavailable, message: "no answer", mayPass: true)
        #expect(try written(step(Self.recovery(), nil, setback: setback)).phase == .detecting)
        #expect(try written(step(Self.recovery(.awaitingApproval), nil, setback: setback)).phase == .awaitingApproval)
    }

    @Test(arguments: [EtcdRecovery.Phase.detecting, .awaitingApproval, .snapshotting])
    func quorumThatComesBackCallsItOff(_ phase: EtcdRecovery.Phase) throws {
        let led = SeenCluster.Voice(leader: 0)
        let recovery = Self.recovery(phase) { $0.status?.survivor = .init(name: "main-0") }
        let status = try written(step(recovery, SeenCluster.evidence([led, led, nil])))
        #expect(status.phase == .cancelled)
        #expect(status.conditions?["Recovering"]?.status == "False")
    }

    @Test func aMajorityThatElectsIsNoLoss() throws {
        let status = try written(step(Self.recovery(), SeenCluster.evidence([.init(), .init(), nil])))
        #expect(status.phase == .cancelled)
    }

    @Test func oneMemberIsNeverRebuilt() throws {
        #expect(try written(step(Self.recovery(), SeenCluster.evidence([nil], gone: [0]))).phase == .failed)
    }

    @Test func onlyTheStateThatWasApprovedIsActedOn() throws {
        let waiting = try awaiting(lost)
        #expect(step(waiting, lost) == .wait(policy.look))
        let approved = try awaiting(lost) { $0.spec?.approved = true }
        let begun = try written(step(approved, lost))
        #expect(begun.phase == .snapshotting)
        #expect(begun.approval?.digest == approved.spec?.approvedDigest)
        #expect(begun.place == Self.copies)
        // Another survivor has come up meanwhile, which knows more.
        let another = SeenCluster.evidence([.init(), .init(index: 60, revision: 40), nil, nil, nil], gone: [2, 3, 4])
        let observed = try written(step(approved, another))
        #expect(observed.phase == .awaitingApproval)
        #expect(observed.survivor?.name == "main-1")
        var void = approved
        void.status = observed
        let said = try written(step(void, another))
        #expect(said.message?.contains("void") == true)
        #expect(said.phase == .awaitingApproval)
    }

    @Test func withoutAPlaceForCopiesNothingIsBegun() throws {
        let approved = try awaiting(lost) { $0.spec?.approved = true }
        var placeless = approved
        placeless.status = try written(step(approved, lost, destination: nil))
        placeless.spec?.approvedDigest = placeless.status?.observed?.digest
        #expect(placeless.status?.message?.contains("spec.destination") == true)
        #expect(step(placeless, lost, destination: nil) == .wait(policy.look))
    }

    @Test func anAnnotationStandsForAPerson() throws {
        var automatic = lost
        automatic.isAutomatic = true
        let begun = try written(step(try awaiting(lost), automatic))
        #expect(begun.phase == .snapshotting)
        #expect(begun.approval?.automatic == true)
    }

    @Test func whatWasAppliedDecidesWhoIsKeptAndNotTheTerm() {
        let evidence = SeenCluster.evidence(
            [.init(index: 40, term: 9), .init(index: 50, term: 2), nil, nil, nil], gone: [2, 3, 4])
        #expect(evidence.survivor(asked: nil)?.name == "main-1")
        #expect(evidence.survivor(asked: "main-0")?.name == "main-0")
        #expect(evidence.survivor(asked: "main-3") == nil)
        #expect(evidence.runnersUp(to: "main-1").map(\.name) == ["main-0"])
    }

    @Test func allThatAnswerAreCopiedBeforeAnythingIsStopped() throws {
        let two = SeenCluster.evidence([.init(), .init(), nil, nil, nil], gone: [2, 3, 4])
        var recovery = Self.recovery(.snapshotting) { $0.status?.survivor = .init(name: "main-0") }
        #expect(step(recovery, two) == .copy(["main-0", "main-1"]))
        recovery.status?.rescueCopies = [.init(member: "main-0", location: "s3://copies/a")]
        #expect(step(recovery, two) == .copy(["main-1"]))
        // The survivor's is what counts; who cannot be copied keeps nobody waiting.
        let refused = ["main-1": Failure(reason: .snapshotFailed, message: "no", mayPass: false)]
        #expect(step(recovery, two, uncopied: refused) == .addFinalizer)
        recovery.metadata.finalizers = [RecoveryObservation.finalizer]
        let rebuilding = try written(step(recovery, two, uncopied: refused))
        #expect(rebuilding.phase == .rebuilding)
        #expect(rebuilding.attempts == 1)
    }

    @Test func aSurvivorWithoutACopyIsNotStopped() throws {
        let recovery = Self.recovery(.snapshotting) { $0.status?.survivor = .init(name: "main-0") }
        let failed = ["main-0": Failure(reason: .storeUnreachable, message: "no", mayPass: true)]
        #expect(try written(step(recovery, lost, uncopied: failed)).message == "no rescue copy of main-0 yet: no")
        let denied = ["main-0": Failure(reason: .storeAccessDenied, message: "no", mayPass: false)]
        #expect(try written(step(recovery, lost, uncopied: denied)).phase == .failed)
    }

    @Test func whereNobodyCanLogInTheFirstMembersVolumeIsRead() throws {
        let recovery = Self.recovery(.snapshotting) { $0.status?.survivor = .init(name: "main-0") }
        let denied = ["main-0": Failure(reason: .etcdAccessDenied, message: "no", mayPass: false)]
        let status = try written(step(recovery, lost, uncopied: denied))
        #expect(status.phase == .snapshotting)
        #expect(status.survivor?.fromVolume == true)
    }

    /// Nobody answers: main-2 has its pod and its volume, and the others are gone.
    private func silent(copies: Bool = true, layout: EtcdRecovery.Layout = .statefulSet) -> ClusterEvidence {
        var evidence = SeenCluster.evidence([nil, nil, nil], layout: layout, gone: [0, 1])
        evidence.copiesVolumes = copies
        evidence.knownMembers = 3
        return evidence
    }

    @Test func aVolumeIsChosenOnlyWhereItCanBeRead() {
        #expect(silent().survivor(asked: nil)?.name == "main-2")
        #expect(silent().survivor(asked: nil)?.fromVolume == true)
        #expect(silent(layout: .plain).survivor(asked: "main-2")?.fromVolume == true)
        #expect(silent(copies: false).survivor(asked: nil) == nil)
        #expect(silent().survivor(asked: "main-1") == nil)
        var unplaced = silent()
        unplaced.members[2].pod?.isPlaced = false
        #expect(unplaced.survivor(asked: nil) == nil)
        // What can be read before anything is stopped goes before what cannot.
        var both = silent()
        both.members[0].volume = .bound
        #expect(both.survivor(asked: nil)?.name == "main-2")
        both.copiesVolumes = false
        #expect(both.survivor(asked: nil)?.name == "main-0")
        // Whoever answers knows.
        var heard = SeenCluster.evidence([nil, .init(), nil], gone: [0])
        heard.copiesVolumes = true
        #expect(heard.survivor(asked: nil)?.name == "main-1" && heard.survivor(asked: nil)?.fromVolume == nil)
    }

    @Test func withoutAStoreItIsSaidWhatReadingAVolumeNeeds() throws {
        let status = try written(step(Self.recovery(), silent(copies: false), destination: nil))
        #expect(status.phase == .awaitingApproval && status.survivor == nil)
        #expect(status.message?.contains("set spec.destination") == true, "\(status.message ?? "")")
    }

    /// Whether it has lost its members, or is only being made.
    @Test func ofAClusterThatNobodyCountsAPersonKnowsBetterThanVolumesThatAreGone() throws {
        var evidence = silent(layout: .plain)
        evidence.knownMembers = nil
        #expect(try written(step(Self.recovery(), evidence)).phase == .detecting)
        evidence.isReported = true
        #expect(try written(step(Self.recovery(), evidence)).survivor?.name == "main-2")
        evidence.members[2].volume = .absent
        #expect(try written(step(Self.recovery(), evidence)).phase == .detecting)
    }

    private func ofVolume(_ name: String, age: Double = 100) -> EtcdRecovery {
        Self.recovery(.snapshotting, age: age) {
            $0.metadata.finalizers = [RecoveryObservation.finalizer]
            $0.status?.survivor = .init(name: name)
            $0.status?.survivor?.fromVolume = true
            $0.status?.approval = .init(digest: "d", time: Timestamp(Self.now.addingTimeInterval(-age)))
        }
    }

    @Test func aVolumeIsCopiedBeforeAnythingIsStopped() throws {
        var recovery = ofVolume("main-2")
        #expect(step(recovery, silent()) == .copyVolume("main-2"))
        let runs = ["main-2": Failure(reason: .memberRuns, message: "it was just started", mayPass: true)]
        #expect(try written(step(recovery, silent(), uncopied: runs)).message?.contains("not copied yet") == true)
        #expect(try written(step(ofVolume("main-2", age: 7200), silent(), uncopied: runs)).phase == .failed)
        #expect(try written(step(ofVolume("main-2", age: 7200), silent())).phase == .failed)
        let damaged = ["main-2": Failure(reason: .snapshotCorrupt, message: "torn", mayPass: false)]
        let failed = try written(step(recovery, silent(), uncopied: damaged))
        #expect(failed.phase == .failed && failed.message?.contains("nothing was changed") == true)
        var gone = silent()
        gone.members[2].pod = nil
        #expect(try written(step(recovery, gone)).message?.contains("no pod main-2") == true)
        recovery.status?.rescueCopies = [.init(member: "main-2", location: "s3://copies/a")]
        #expect(try written(step(recovery, silent())).phase == .rebuilding)
    }

    @Test func theFirstMemberIsReadInPlaceOnlyWhereThatWasChosen() throws {
        var evidence = SeenCluster.evidence([nil, nil, nil], gone: [1, 2])
        evidence.knownMembers = 3
        // No store, or no image.
        #expect(evidence.survivor(asked: nil)?.readInPlace == true)
        var inPlace = ofVolume("main-0")
        inPlace.status?.survivor?.readInPlace = true
        #expect(try written(step(inPlace, evidence)).phase == .rebuilding)
        evidence.copiesVolumes = true
        #expect(evidence.survivor(asked: nil)?.readInPlace == nil)
        #expect(step(ofVolume("main-0"), evidence) == .copyVolume("main-0"))
        // A pod that is away for one look changes nothing.
        var away = evidence
        away.members[0].pod = nil
        #expect(try written(step(ofVolume("main-0"), away)).phase == .snapshotting)
        // Its etcd runs and answers nobody, or was just started once more.
        let runs = ["main-0": Failure(reason: .memberRuns, message: "in use", mayPass: true)]
        #expect(try written(step(ofVolume("main-0"), evidence, uncopied: runs)).survivor?.readInPlace == nil)
        var observation = RecoveryObservation(
            recovery: ofVolume("main-0"), evidence: evidence, uncopied: runs, now: Self.now)
        observation.locked = ["main-0"]
        let chosen = try written(observation.nextStep(policy))
        #expect(chosen.phase == .snapshotting && chosen.survivor?.readInPlace == true)
        let damaged = ["main-0": Failure(reason: .snapshotCorrupt, message: "torn", mayPass: false)]
        #expect(try written(step(ofVolume("main-0"), evidence, uncopied: damaged)).phase == .failed)
    }

    @Test func aStateThatIsNotWhatWasApprovedIsNotActedOn() throws {
        var recovery = Self.recovery(.snapshotting) {
            $0.metadata.finalizers = [RecoveryObservation.finalizer]
            $0.status?.survivor = .init(name: "main-0")
            $0.status?.survivor?.raftIndex = 50
            $0.status?.rescueCopies = ["main-0", "main-1", "main-2"].map { .init(member: $0, location: "s3://b/\($0)") }
        }
        func evidence(_ voices: [SeenCluster.Voice?]) -> ClusterEvidence {
            SeenCluster.evidence(voices + Array(repeating: nil, count: 5 - voices.count))
        }
        for phase in [EtcdRecovery.Phase.snapshotting, .rebuilding] {
            recovery.status?.phase = phase
            // A majority was there for a moment, and what was acknowledged then is in no copy.
            let moved = try written(step(recovery, evidence([.init(index: 51)])))
            #expect(moved.phase == .failed && moved.message?.contains("nothing was changed") == true, "\(phase)")
            #expect(moved.message?.contains("main-0 has come from raft index 50 to 51") == true)
            let risen = try written(step(recovery, evidence([.init(), nil, .init(index: 60)])))
            #expect(risen.phase == .failed && risen.message?.contains("main-2 has come up") == true, "\(phase)")
            // One that names a leader may have a majority on the far side.
            let far = try written(step(recovery, evidence([.init(leader: 3)])))
            #expect(far.phase == phase && far.message?.contains("not clear") == true, "\(phase)")
        }
    }

    @Test func whatWasLaidAndLeadsIsTakenUpWhicheverAttemptLaidIt() throws {
        var alone = SeenCluster.evidence([.init(leader: 0)], attempts: 1)
        (alone.size, alone.replicas) = (3, 1)
        // The second was written down, and had not begun.
        let taken = try written(step(rebuilding(attempts: 2), alone))
        #expect(taken.phase == .scalingOut && taken.laidAttempt == 1 && taken.attempts == 2)
        // It had failed, and somebody has mended what kept the pod from starting.
        var failed = rebuilding()
        failed.status?.phase = .failed
        failed.status?.completionTime = Timestamp(Self.now)
        let revived = try written(step(failed, alone))
        #expect(revived.phase == .scalingOut && revived.dataLoss != nil && revived.completionTime == nil)
        // Another one leaves it to that.
        var other = Self.recovery()
        other.metadata.uid = "uid-2"
        var observation = RecoveryObservation(recovery: other, evidence: alone, now: Self.now)
        observation.earlier = failed
        #expect(try written(observation.nextStep(policy)).phase == .detecting)
    }

    @Test func twoOfThreeThatTakeWritesAreNeverCalledAFailure() throws {
        let led = SeenCluster.Voice(leader: 0)
        var plain = SeenCluster.evidence([led, led, nil], layout: .plain, attempts: 1)
        plain.members[2].pod = nil
        var late = rebuilding()
        late.status?.layout = .plain
        late.status?.lastTransitionTime = Timestamp(Self.now.addingTimeInterval(-100_000))
        let accounted = try written(step(late, plain))
        #expect(accounted.phase == .rebuilding && accounted.dataLoss != nil)
        late.status = accounted
        #expect(try written(step(late, plain)).phase == .rebuilding)
    }

    @Test func anEarlierFailureCountsUntilTheClusterWasBack() {
        func at(_ seconds: Double) -> Timestamp { Timestamp(Self.now.addingTimeInterval(seconds)) }
        var failed = rebuilding()
        failed.status?.phase = .failed
        failed.status?.stoppedTime = at(0)
        var other = Self.recovery(.cancelled) { $0.status?.completionTime = at(60) }
        other.metadata.uid = "uid-2"
        #expect(failed.isSuperseded(among: [failed, other]))
        other.spec?.aborted = true
        #expect(!failed.isSuperseded(among: [failed, other]), "a person called it off")
        other.status?.phase = .completed
        other.status?.dataLoss = .init()
        other.status?.dataLoss?.recoveredTime = at(60)
        #expect(failed.isSuperseded(among: [failed, other]))
        other.status?.dataLoss?.recoveredTime = at(-60)
        #expect(!failed.isSuperseded(among: [failed, other]))
    }

    @Test func whoeverIsAskedForIsKeptWhereAnEarlierOneHasItsCopy() throws {
        var failed = rebuilding()
        failed.status?.phase = .failed
        failed.status?.rescueCopies = [.init(member: "main-1", location: "s3://copies/b")]
        var recovery = Self.recovery()
        recovery.metadata.uid = "uid-2"
        for (asked, kept) in [(nil, "main-0"), ("main-1", "main-1"), ("main-3", nil)] as [(String?, String?)] {
            recovery.spec?.survivor = asked
            var observation = RecoveryObservation(
                recovery: recovery, evidence: SeenCluster.evidence([nil, nil, nil], gone: [0, 1, 2]),
                destination: Self.copies, now: Self.now)
            observation.evidence?.wasStopped = true
            observation.earlier = failed
            #expect(try written(observation.nextStep(policy)).survivor?.name == kept, "\(asked ?? "nobody")")
        }
    }

    @Test func withoutAPersonNothingIsTriedAgainAfterAFailure() throws {
        var automatic = lost
        automatic.isAutomatic = true
        var observation = RecoveryObservation(
            recovery: try awaiting(lost), evidence: automatic, destination: Self.copies, now: Self.now)
        observation.hasFailedBefore = true
        #expect(observation.nextStep(policy) == .wait(policy.look))
        observation.hasFailedBefore = false
        #expect(try written(observation.nextStep(policy)).phase == .snapshotting)
    }

    @Test func theOnlyVoterCanBeLostAgain() {
        var learning = SeenCluster.Voice()
        learning.isLearner = true
        var evidence = SeenCluster.evidence([nil, learning])
        evidence.verdict = QuorumVerdict(state: .singleMember, voters: 1, answering: 0, reasons: ["no"])
        evidence.knownMembers = 1
        #expect(evidence.standing == .unclear("no"), "it is only being made")
        evidence.wasStopped = true
        #expect(evidence.standing == .lost)
    }

    private func rebuilding(attempts: Int64 = 1, isStopped: Bool = true) -> EtcdRecovery {
        Self.recovery(.rebuilding) {
            if isStopped { $0.status?.stoppedTime = Timestamp(Self.now) }
            $0.metadata.finalizers = [RecoveryObservation.finalizer]
            $0.status?.attempts = attempts
            $0.status?.survivor = .init(name: "main-0")
            $0.status?.layout = .statefulSet
        }
    }

    @Test func theMembersAreStoppedAndTheFirstIsFollowed() throws {
        #expect(step(rebuilding(), lost) == .rebuild(replicas: 1, pods: ["main-0"]))
        var scaled = lost
        scaled.replicas = 1
        scaled.members[0].pod = nil
        scaled.members[0].observation = nil
        #expect(try written(step(rebuilding(), scaled)).message == "waiting for pod main-0 to be made")
        scaled.members[0].pod = SeenCluster.pod(0, isRunning: false, attempts: 1, state: .laying)
        #expect(try written(step(rebuilding(), scaled)).message == "the data of main-0 are being laid")
        var alone = SeenCluster.evidence([.init(leader: 0)], attempts: 1)
        (alone.size, alone.replicas) = (3, 1)
        let rebuilt = try written(step(rebuilding(), alone))
        #expect(rebuilt.phase == .scalingOut)
        #expect(rebuilt.conditions?["DataLossPossible"]?.status == "True")
        #expect(rebuilt.dataLoss?.message?.hasPrefix("kept: ") == true)
    }

    @Test func thePodsOfTheOperatorsOwnAreAllStopped() throws {
        let evidence = SeenCluster.evidence([.init(), nil, nil], layout: .pods, gone: [1])
        // The one that is silent first: until it has ended, the one that answers goes on.
        #expect(step(rebuilding(), evidence) == .rebuild(replicas: nil, pods: ["main-2"]))
        var hanging = evidence
        hanging.members[2].pod?.isLeaving = true
        #expect(try written(step(rebuilding(), hanging)).message?.contains("main-2 does not end") == true)
        hanging.members[2].pod = nil
        #expect(step(rebuilding(), hanging) == .rebuild(replicas: nil, pods: ["main-0"]))
    }

    @Test func dataThatCannotBeLaidAreTriedAgainAndThenReported() throws {
        var failed = SeenCluster.evidence([nil])
        (failed.size, failed.replicas) = (3, 1)
        let report = AgentReport(.failed, reason: .noSpace, message: "no room")
        failed.members[0].pod = SeenCluster.pod(0, isRunning: false, attempts: 1, state: .failed(report))
        let again = try written(step(rebuilding(), failed))
        #expect(again.phase == .rebuilding)
        #expect(again.attempts == 2)
        failed.members[0].pod?.record?.generation = 3
        let over = try written(step(rebuilding(attempts: 3), failed))
        #expect(over.phase == .failed)
        #expect(over.attempts == 3)
        #expect(over.message?.contains("no room") == true)
    }

    @Test func nothingIsStoppedBeforeItIsSeenToBeHeldAndWrittenDown() {
        #expect(step(rebuilding(isStopped: false), lost) == .arm)
    }

    @Test func quorumThatComesBackBeforeTheFirstStopEndsIt() throws {
        let led = SeenCluster.Voice(leader: 0)
        let back = SeenCluster.evidence([led, led, nil])
        for isStopped in [true, false] {
            #expect(try written(step(rebuilding(isStopped: isStopped), back)).phase == .cancelled)
        }
    }

    @Test func whatTakesWritesIsNeverTakenApartAgain() throws {
        // The operator has added a second member meanwhile, and the time is over.
        let led = SeenCluster.Voice(leader: 0)
        var grown = SeenCluster.evidence([led, led], attempts: 1)
        (grown.size, grown.replicas) = (3, 2)
        var late = rebuilding()
        late.status?.lastTransitionTime = Timestamp(Self.now.addingTimeInterval(-100_000))
        #expect(try written(step(late, grown)).phase == .scalingOut)
        let refused = Failure(reason: .kubernetesUnavailable, message: "no", mayPass: false)
        #expect(try written(step(late, grown, setback: refused)).phase == .scalingOut)
        // Two of three that are all laid at once; the third one's volume is full.
        var plain = SeenCluster.evidence([led, led, nil], layout: .plain, attempts: 1)
        let report = AgentReport(.failed, reason: .noSpace, message: "no room")
        plain.members[2].pod = SeenCluster.pod(2, isRunning: false, attempts: 1, state: .failed(report))
        var recovery = rebuilding()
        recovery.status?.layout = .plain
        let told = try written(step(recovery, plain))
        #expect(told.phase == .rebuilding)
        #expect(told.attempts == 1)
    }

    @Test func whatAnEarlierOneHasSavedIsTakenWhereNobodyAnswers() throws {
        let earlier = Self.recovery(.failed) {
            $0.status?.stoppedTime = Timestamp(Self.now)
            $0.status?.survivor = .init(name: "main-2")
            $0.status?.destination = Self.copies.destination
            $0.status?.approval = .init(digest: "d", time: Timestamp(Self.now))
            $0.status?.rescueCopies = [.init(member: "main-2", location: "s3://copies/a")]
        }
        var silent = SeenCluster.evidence([nil, nil, nil])
        for ordinal in 0..<3 { silent.members[ordinal].pod?.runs = false }
        silent.wasStopped = true
        silent.isAutomatic = true
        func step(_ recovery: EtcdRecovery) -> RecoveryStep {
            RecoveryObservation(recovery: recovery, evidence: silent, earlier: earlier, now: Self.now).nextStep(policy)
        }
        var recovery = Self.recovery()
        recovery.status = try written(step(recovery))
        #expect(recovery.status?.phase == .awaitingApproval)
        #expect(recovery.status?.survivor?.name == "main-2")
        // Never by itself a second time.
        guard case .wait = step(recovery) else {
            Issue.record("nobody has approved it")
            return
        }
        recovery.spec?.approved = true
        recovery.spec?.approvedDigest = recovery.status?.observed?.digest
        let approved = try written(step(recovery))
        #expect(approved.rescueCopies == earlier.status?.rescueCopies)
        #expect(approved.place == Self.copies)
    }

    @Test func byItselfOnlyWhatIsGoneForGoodIsGivenUp() throws {
        var restarting = SeenCluster.evidence([.init(), nil, nil])
        for ordinal in 1...2 { restarting.members[ordinal].pod?.presence = .running }
        restarting.isAutomatic = true
        #expect(step(try awaiting(restarting), restarting) == .wait(policy.look))
    }

    @Test func theRecordOfMembersThatWereStoppedStays() {
        var failed = Self.recovery(.failed) {
            $0.metadata.finalizers = [RecoveryObservation.finalizer]
            $0.status?.stoppedTime = Timestamp(Self.now)
        }
        #expect(step(failed, nil) == .wait(policy.sweep))
        var observation = RecoveryObservation(recovery: failed, now: Self.now)
        observation.isClusterGone = true
        #expect(observation.nextStep(policy) == .removeFinalizer)
        observation.isClusterGone = false
        observation.isSuperseded = true
        #expect(observation.nextStep(policy) == .removeFinalizer)
        failed.status?.stoppedTime = nil
        #expect(step(failed, nil) == .removeFinalizer)
    }

    @Test func aClusterThatIsDeletedKeepsNothingWaiting() throws {
        for (recovery, phase) in [
            (Self.recovery(.awaitingApproval), EtcdRecovery.Phase.cancelled), (rebuilding(), .failed),
        ] {
            var observation = RecoveryObservation(recovery: recovery, now: Self.now)
            observation.isClusterGone = true
            #expect(try written(observation.nextStep(policy)).phase == phase)
        }
    }

    @Test func aSecondLossEndsItSoThatAnotherCanBegin() throws {
        var recovery = rebuilding()
        recovery.status?.phase = .scalingOut
        recovery.status?.dataLoss = .init()
        var observation = RecoveryObservation(recovery: recovery, evidence: lost, now: Self.now)
        observation.lostAgain = .seconds(30)
        #expect(try written(observation.nextStep(policy)).phase == .scalingOut)
        observation.lostAgain = .seconds(61)
        let failed = try written(observation.nextStep(policy))
        #expect(failed.phase == .failed)
        #expect(failed.dataLoss != nil)
    }

    @Test func theGraceBeginsAnewWithEachLookThatFindsNoLoss() throws {
        let unclear = SeenCluster.evidence([.init(leader: 0), nil, nil])
        let told = try written(step(Self.recovery(), unclear))
        #expect(told.phase == .detecting)
        #expect(told.detectedTime == Timestamp(Self.now))
    }

    @Test func theAccountIsWrittenOnce() throws {
        var alone = SeenCluster.evidence([.init(leader: 0)], attempts: 1)
        (alone.size, alone.replicas) = (3, 1)
        var recovery = rebuilding()
        recovery.status?.dataLoss = .init()
        recovery.status?.dataLoss?.message = "as it was"
        #expect(try written(step(recovery, alone)).dataLoss?.message == "as it was")
    }

    @Test func whatTheMembersAreFoundToLackAgainAndAgainEndsIt() throws {
        let led = SeenCluster.Voice(leader: 0)
        let whole = SeenCluster.evidence([led, led, led], attempts: 1)
        let recovery = Self.recovery(.scalingOut) { $0.status?.attempts = 1 }
        var found = Failure(reason: .verificationFailed, message: "two clusters", mayPass: true)
        #expect(try written(step(recovery, whole, setback: found)).message == "verifying: two clusters")
        found.mayPass = false
        let status = try written(step(recovery, whole, setback: found))
        #expect(status.phase == .failed && status.message?.contains("status.dataLoss") == true)
    }

    @Test func aCopyThatIsBehindWhatWasApprovedIsNotBuiltOn() throws {
        var recovery = Self.recovery(.snapshotting) {
            $0.metadata.finalizers = [RecoveryObservation.finalizer]
            $0.status?.survivor = .init(name: "main-0")
            $0.status?.survivor?.revision = 30
            $0.status?.rescueCopies = [.init(member: "main-0", location: "s3://copies/a")]
            $0.status?.rescueCopies?[0].revision = 29
        }
        #expect(try written(step(recovery, lost)).phase == .failed)
        recovery.status?.rescueCopies?[0].revision = 30
        #expect(try written(step(recovery, lost)).phase == .rebuilding)
        // Of an empty keyspace, which is at 1.
        recovery.status?.rescueCopies?[0].revision = 0
        recovery.status?.survivor?.revision = 1
        #expect(try written(step(recovery, lost)).phase == .rebuilding)
    }

    @Test func aRecordThatCannotBeHeldIsSaidToBe() throws {
        let recovery = Self.recovery(.snapshotting) {
            $0.status?.survivor = .init(name: "main-0")
            $0.status?.rescueCopies = [.init(member: "main-0", location: "s3://copies/a")]
        }
        let refused = Failure(reason: .kubernetesUnavailable, message: "failed calling webhook", mayPass: true)
        let status = try written(step(recovery, lost, setback: refused))
        #expect(status.phase == .snapshotting && status.message?.contains("failed calling webhook") == true)
    }

    @Test func itIsWholeWhenAllVote() {
        let led = SeenCluster.Voice(leader: 0)
        let recovery = Self.recovery(.scalingOut) { $0.status?.attempts = 1 }
        #expect(step(recovery, SeenCluster.evidence([led, led, led], attempts: 1)) == .verify)
        var learning = led
        learning.isLearner = true
        guard case .tell(let status, _) = step(recovery, SeenCluster.evidence([led, led, learning], attempts: 1))
        else {
            Issue.record("a learner has no vote")
            return
        }
        #expect(status.message == "2 of 3 members vote")
    }

    @Test func whatMayBeLostStandsUntilItIsAcknowledged() throws {
        var recovery = Self.recovery(.completed) {
            $0.status?.conditions = [Condition(type: "DataLossPossible", status: "True")]
        }
        #expect(step(recovery, nil) == .rest)
        recovery.spec?.acknowledged = true
        let status = try written(step(recovery, nil))
        #expect(status.conditions?["DataLossPossible"]?.status == "False")
        recovery.status = status
        #expect(step(recovery, nil) == .rest)
    }

    @Test func aRecordThatGoesKeepsNothingFromBeingFinished() {
        var recovery = rebuilding()
        recovery.metadata.deletionTimestamp = Timestamp(Self.now)
        #expect(step(recovery, lost) == .rebuild(replicas: 1, pods: ["main-0"]))
        recovery.status?.phase = .completed
        #expect(step(recovery, nil) == .removeFinalizer)
    }

    @Test func itCanBeCalledOffAsLongAsNothingWasChanged() throws {
        for phase in [EtcdRecovery.Phase.detecting, .awaitingApproval, .snapshotting] {
            let recovery = Self.recovery(phase) { $0.spec?.aborted = true }
            #expect(try written(step(recovery, lost)).phase == .cancelled)
        }
        var late = rebuilding()
        late.spec?.aborted = true
        #expect(step(late, lost) == .rebuild(replicas: 1, pods: ["main-0"]))
    }
}
