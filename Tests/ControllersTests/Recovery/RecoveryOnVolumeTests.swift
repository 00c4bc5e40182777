import EtcdClient
import EtcdRecoverModel
import FoundationEssentials
import ObjectStore
import Testing

@testable import Controllers

/// What is decided where rescue copies go onto the controller's own volume.
struct RecoveryOnVolumeTests {
    private static let now = Date(timeIntervalSince1970: 1_800_000_000)
    private static let server = EtcdRecovery.RescueServer(url: "https://rescue.test:8444", caBundle: "ca")
    private let policy = RecoveryPolicy()
    private let lost = SeenCluster.evidence([.init(), nil, nil], gone: [1, 2])

    private static func recovery(
        _ phase: EtcdRecovery.Phase, _ change: (inout EtcdRecovery) -> Void = { _ in }
    ) -> EtcdRecovery {
        var metadata = ObjectMeta(name: "main-1", namespace: "db")
        metadata.uid = "uid-1"
        var recovery = EtcdRecovery(metadata: metadata, spec: .init(clusterRef: "main"))
        recovery.status = recovery.begun(at: now.addingTimeInterval(-100))
        recovery.status?.phase = phase
        change(&recovery)
        return recovery
    }

    /// Approved, with the volume as its place.
    private static func approved(
        _ phase: EtcdRecovery.Phase, _ change: (inout EtcdRecovery) -> Void = { _ in }
    ) -> EtcdRecovery {
        recovery(phase) {
            $0.status?.approval = .init(digest: "d", time: Timestamp(now))
            $0.status?.survivor = .init(name: "main-0")
            $0.status?.survivor?.raftIndex = 50
            $0.status?.rescueServer = server
            change(&$0)
        }
    }

    private static func copy(_ key: String) -> EtcdRecovery.RescueCopy {
        .init(member: "main-0", location: EtcdRecovery.RescueServer.location(ofKey: key))
    }

    private func step(
        _ recovery: EtcdRecovery, _ evidence: ClusterEvidence?,
        on volume: EtcdRecovery.RescueServer? = Self.server
    ) -> RecoveryStep {
        RecoveryObservation(
            recovery: recovery, evidence: evidence, destination: volume.map(RescuePlace.volume), volume: volume,
            now: Self.now
        ).nextStep(policy)
    }

    private func written(_ step: RecoveryStep) throws -> EtcdRecovery.Status {
        guard case .write(let status, _) = step else { throw Unexpected(step: "\(step)") }
        return status
    }

    private struct Unexpected: Error { let step: String }

    @Test func whoeverApprovesSeesThatTheControllerHasThem() throws {
        var waiting = Self.recovery(.detecting)
        waiting.status = try written(step(waiting, lost))
        #expect(waiting.status?.phase == .awaitingApproval)
        #expect(waiting.status?.rescueServer == Self.server)
        #expect(waiting.status?.place == nil, "nothing is settled yet")
        // It is part of what is approved.
        let elsewhere = EtcdRecovery.RescueServer(url: "https://else.test:8444", caBundle: "ca")
        let digests = [nil, .volume(Self.server), .volume(elsewhere), .store(Destination(s3: .init(bucket: "b")))]
            .map { (place: RescuePlace?) in lost.digest(survivor: waiting.status?.survivor, place: place) }
        #expect(Set(digests).count == 4)
        #expect(digests[1] == waiting.status?.observed?.digest)

        waiting.spec?.approved = true
        waiting.spec?.approvedDigest = waiting.status?.observed?.digest
        let begun = try written(step(waiting, lost))
        #expect(begun.phase == .snapshotting)
        #expect(begun.place == .volume(Self.server) && begun.destination == nil)
    }

    @Test func aVolumeThatIsGoneIsNoPlace() throws {
        var waiting = Self.recovery(.detecting)
        waiting.status = try written(step(waiting, lost))
        let without = try written(step(waiting, lost, on: nil))
        #expect(without.rescueServer == nil)
        #expect(without.message?.contains("--rescue-dir") == true)
    }

    @Test func theRecordIsHeldBeforeTheFirstCopyIsTaken() {
        let two = SeenCluster.evidence([.init(), .init(), nil, nil, nil], gone: [2, 3, 4])
        var recovery = Self.approved(.snapshotting) { $0.status?.survivor = .init(name: "main-1") }
        #expect(step(recovery, two) == .addFinalizer)
        recovery.metadata.finalizers = [RecoveryObservation.finalizer]
        // There may not be room for all.
        #expect(step(recovery, two) == .copy(["main-1", "main-0"]))
    }

    @Test func membersAreSentToWhoeverHasTheVolumeNow() throws {
        let now = EtcdRecovery.RescueServer(url: Self.server.url, caBundle: "another")
        let moved = try written(step(Self.approved(.rebuilding), lost, on: now))
        #expect(moved.rescueServer == now && moved.phase == .rebuilding)
    }

    @Test func whatAnEarlierOneHasOnTheVolumeIsTakenUp() throws {
        let earlier = Self.approved(.failed) {
            $0.status?.stoppedTime = Timestamp(Self.now)
            $0.status?.rescueCopies = [Self.copy("db/uid-0/main-0.db")]
        }
        var silent = SeenCluster.evidence([nil, nil, nil])
        for ordinal in 0..<3 { silent.members[ordinal].pod?.runs = false }
        silent.wasStopped = true
        let store = RescuePlace.store(Destination(s3: .init(bucket: "b")))
        let now = EtcdRecovery.RescueServer(url: "https://moved.test:8444", caBundle: "ca")
        var observation = RecoveryObservation(
            recovery: Self.recovery(.awaitingApproval), evidence: silent, earlier: earlier, destination: store,
            volume: now, now: Self.now)
        #expect(observation.place == .volume(now))
        observation.volume = nil
        #expect(observation.place == nil)
    }

    @Test func itsCopiesAreKeptUntilAPersonDeletesTheAcknowledgedRecord() {
        var ended = Self.approved(.completed) {
            $0.metadata.finalizers = [RecoveryObservation.finalizer]
            $0.status?.attempts = 1
            $0.status?.dataLoss = .init()
            $0.status?.rescueCopies = [Self.copy("db/uid-1/main-0.db")]
        }
        #expect(step(ended, nil) == .rest)
        ended.spec?.acknowledged = true
        #expect(step(ended, nil) == .rest)
        ended.metadata.deletionTimestamp = Timestamp(Self.now)
        #expect(step(ended, nil) == .discardCopies)
        // Nobody has read what was lost: the record goes and the copies stay.
        ended.spec?.acknowledged = nil
        #expect(step(ended, nil) == .removeFinalizer)
        // Where nothing was changed there is nothing to read.
        ended.status?.phase = .cancelled
        ended.status?.attempts = nil
        ended.status?.dataLoss = nil
        #expect(step(ended, nil) == .discardCopies)
        ended.status?.rescueServer = nil
        ended.status?.rescueCopies = [.init(member: "main-0", location: "s3://copies/a")]
        #expect(step(ended, nil) == .removeFinalizer)
    }

    @Test func deletedBeforeAnythingIsChangedItIsCalledOff() throws {
        var leaving = Self.approved(.snapshotting) { $0.metadata.finalizers = [RecoveryObservation.finalizer] }
        leaving.metadata.deletionTimestamp = Timestamp(Self.now)
        #expect(try written(step(leaving, lost)).phase == .cancelled)
        leaving.metadata.finalizers = nil
        #expect(step(leaving, lost) == .rest)
        // Once it is on its way it is brought to its end.
        var rebuilding = Self.approved(.rebuilding) { $0.metadata.finalizers = [RecoveryObservation.finalizer] }
        rebuilding.metadata.deletionTimestamp = Timestamp(Self.now)
        #expect(step(rebuilding, lost) == .arm)
    }

    @Test func keysAreOfOneNamespaceAndOneRecovery() throws {
        let recovery = Self.approved(.snapshotting)
        let key = try RescueCopies.key(recovery, .volume(Self.server), member: "main-0")
        #expect(key.text == "db/uid-1/main-0-20270115T080000Z.db")
        let store = RescuePlace.store(Destination(prefix: "p", s3: .init(bucket: "b")))
        #expect(
            try RescueCopies.key(recovery, store, member: "main-0").text
                == "p/main.rescue/main-1/main-0-20270115T080000Z.db")
        let named = Self.approved(.completed) {
            $0.status?.rescueCopies = [
                Self.copy("db/uid-1/main-0.db"), Self.copy("else/uid-1/main-0.db"), Self.copy("db"),
                .init(member: "main-0", location: "s3://db/uid-1/main-0.db"),
            ]
        }
        #expect(named.keysOnVolume == ["db/uid-1/main-0.db"])
    }
}
