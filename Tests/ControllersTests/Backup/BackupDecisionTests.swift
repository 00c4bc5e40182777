import EtcdRecoverModel
import FoundationEssentials
import Testing

@testable import Controllers

/// What comes next, for each state of the object and of the work on it.
struct BackupDecisionTests {
    private static let start = Date(timeIntervalSince1970: 1_700_000_000)
    private static let now = start.addingTimeInterval(60)

    private static func backup(
        _ phase: EtcdBackup.Phase?, policy: EtcdBackup.DeletionPolicy? = nil, finalizers: [String]? = nil,
        deleted: Bool = false, started: Bool = true
    ) -> EtcdBackup {
        var backup = EtcdBackup(
            metadata: ObjectMeta(name: "nightly", namespace: "db"),
            spec: EtcdBackup.Spec(clusterRef: "main", deletionPolicy: policy))
        backup.metadata.generation = 4
        backup.metadata.finalizers = finalizers
        if deleted { backup.metadata.deletionTimestamp = Timestamp(now) }
        if let phase {
            backup.status = EtcdBackup.Status(phase: phase)
            if started { backup.status?.startTime = Timestamp(start) }
        }
        return backup
    }

    private static let record = {
        var snapshot = EtcdBackup.Snapshot(etcdVersion: "3.5.30")
        snapshot.revision = 7
        return BackupRecord(location: "s3://b/main/nightly.db", size: 20_512, snapshot: snapshot)
    }()
    private static let passing = Failure(reason: .storeUnreachable, message: "no route", mayPass: true)
    private static let lasting = Failure(reason: .storeAccessDenied, message: "not yours", mayPass: false)
    private static let finalizer = [BackupObservation.finalizer]

    private func step(
        _ backup: EtcdBackup, _ work: BackupObservation.Work, at now: Date = now,
        _ policy: BackupPolicy = BackupPolicy()
    ) -> BackupStep {
        BackupObservation(backup: backup, work: work, now: now).nextStep(policy, jitter: 0)
    }

    /// In one word, with the phase that is written.
    private func word(_ step: BackupStep) -> String {
        switch step {
        case .write(let status, _): "write \(status.phase?.rawValue ?? "")"
        case .pause(let pause, let status, _): "pause \(pause) \(status.phase?.rawValue ?? "")"
        default: "\(step)"
        }
    }

    @Test(arguments: [
        ("a new one", backup(nil), BackupObservation.Work.none, "judge"),
        ("without a start", backup(.pending, started: false), .none, "judge"),
        ("a new one that is refused", backup(nil), .failed(lasting, attempts: 1), "write Failed"),
        ("a new one that cannot be judged", backup(nil), .failed(passing, attempts: 1), "pause 10.0 seconds Pending"),
        ("begun", backup(.pending), .none, "begin"),
        ("taken up after a crash", backup(.uploading), .none, "begin"),
        ("in line", backup(.pending), .waiting, "rest"),
        ("choosing", backup(.pending), .snapshotting, "write Snapshotting"),
        ("choosing, written", backup(.snapshotting), .snapshotting, "rest"),
        ("flowing", backup(.snapshotting), .uploading(member: "m", reason: "r"), "write Uploading"),
        ("flowing, written", backup(.uploading), .uploading(member: "m", reason: "r"), "rest"),
        ("there", backup(.uploading), .succeeded(record), "write Completed"),
        ("there, written", backup(.completed), .succeeded(record), "rest"),
        ("done long ago", backup(.completed), .none, "rest"),
        ("failed long ago", backup(.failed), .none, "rest"),
        ("failed for good", backup(.uploading), .failed(lasting, attempts: 1), "write Failed"),
        ("failed for now", backup(.uploading), .failed(passing, attempts: 1), "pause 10.0 seconds Pending"),
        ("failed again", backup(.uploading), .failed(passing, attempts: 4), "pause 80.0 seconds Pending"),
        ("failed too often", backup(.uploading), .failed(passing, attempts: 5), "write Failed"),
        ("resting", backup(.pending), .pausing(left: .seconds(3)), "wait(3.0 seconds)"),
        ("rested", backup(.pending), .pausing(left: .zero), "begin"),
        ("ending", backup(.pending), .ending, "rest"),
    ])
    func oneStepFollows(_ title: String, _ backup: EtcdBackup, _ work: BackupObservation.Work, expected: String) {
        #expect(word(step(backup, work)) == expected, "\(title)")
    }

    @Test(arguments: [
        (
            "gone while at work", backup(.uploading, deleted: true),
            BackupObservation.Work.uploading(member: "m", reason: "r"), "cancel"
        ),
        ("gone while in line", backup(.pending, deleted: true), .waiting, "cancel"),
        (
            "work not ended yet", backup(.uploading, policy: .delete, finalizers: finalizer, deleted: true), .ending,
            "rest"
        ),
        ("nothing of ours on it", backup(.completed, deleted: true), .none, "rest"),
        ("another's finalizer", backup(.completed, policy: .delete, finalizers: ["x"], deleted: true), .none, "rest"),
        (
            "its snapshot goes, too", backup(.completed, policy: .delete, finalizers: finalizer, deleted: true), .none,
            "removeSnapshot"
        ),
        (
            "a failed one's, too", backup(.failed, policy: .delete, finalizers: finalizer, deleted: true), .none,
            "removeSnapshot"
        ),
        (
            "its snapshot stays", backup(.completed, policy: .retain, finalizers: finalizer, deleted: true), .none,
            "removeFinalizer"
        ),
        ("marked before any work", backup(nil, policy: .delete), .none, "addFinalizer"),
        ("marked once", backup(nil, policy: .delete, finalizers: finalizer), .none, "judge"),
        ("marked late", backup(.completed, policy: .delete), .none, "rest"),
    ])
    func deletionIsDecided(_ title: String, _ backup: EtcdBackup, _ work: BackupObservation.Work, expected: String) {
        #expect(word(step(backup, work)) == expected, "\(title)")
    }

    /// However often the controller starts anew, and with it the count of attempts.
    @Test func patienceEndsAttempts() {
        let late = Self.start.addingTimeInterval(3590)
        #expect(word(step(Self.backup(.uploading), .failed(Self.passing, attempts: 1), at: late)) == "write Failed")
        let early = Self.start.addingTimeInterval(3580)
        #expect(word(step(Self.backup(.uploading), .failed(Self.passing, attempts: 1), at: early)).hasPrefix("pause"))
        // Not even a first one of a controller that finds it so late.
        #expect(step(Self.backup(.uploading), .none, at: early) == .begin)
        let over = Self.start.addingTimeInterval(3601)
        #expect(word(step(Self.backup(.uploading), .none, at: over)) == "write Failed")
        // One that may take longer may also try longer.
        var slow = Self.backup(.uploading)
        slow.spec?.snapshotTimeout = "2h"
        #expect(word(step(slow, .failed(Self.passing, attempts: 1), at: late)).hasPrefix("pause"))
    }

    @Test func aCompletedStatusSaysWhatWasMeasured() throws {
        guard case .write(let status, let news) = step(Self.backup(.uploading), .succeeded(Self.record)) else {
            Issue.record("it is written down")
            return
        }
        var expected = EtcdBackup.Status(phase: .completed)
        expected.observedGeneration = 4
        expected.startTime = Timestamp(Self.start)
        expected.completionTime = Timestamp(Self.now)
        expected.snapshotLocation = "s3://b/main/nightly.db"
        expected.snapshotSizeBytes = 20_512
        expected.snapshot = Self.record.snapshot
        expected.conditions = [
            Condition(
                type: "Succeeded", status: "True", observedGeneration: 4, lastTransitionTime: Timestamp(Self.now),
                reason: "SnapshotUploaded", message: "s3://b/main/nightly.db: 20512 bytes, revision 7")
        ]
        #expect(status == expected)
        #expect(
            news
                == News(
                    reason: "SnapshotUploaded", message: "s3://b/main/nightly.db: 20512 bytes, revision 7"))
    }

    @Test func aConditionsTimeIsThatOfItsChange() throws {
        var backup = Self.backup(.uploading)
        guard case .pause(_, let first, let news) = step(backup, .failed(Self.passing, attempts: 1)) else {
            Issue.record("it is tried again")
            return
        }
        let condition = try #require(first.conditions?["Succeeded"])
        #expect(condition.status == "Unknown")
        #expect(condition.reason == "StoreUnreachable")
        #expect(condition.message == "no route; attempt 2 of 5 follows")
        #expect(news.isWarning)
        backup.status = first
        let later = Self.now.addingTimeInterval(30)
        guard case .pause(_, let second, _) = step(backup, .failed(Self.passing, attempts: 2), at: later) else {
            Issue.record("it is tried again")
            return
        }
        #expect(second.conditions?["Succeeded"]?.lastTransitionTime == Timestamp(Self.now))
        backup.status = second
        guard case .write(let last, _) = step(backup, .failed(Self.lasting, attempts: 3), at: later) else {
            Issue.record("it has failed")
            return
        }
        #expect(last.conditions?.count == 1)
        #expect(last.conditions?["Succeeded"]?.status == "False")
        #expect(last.conditions?["Succeeded"]?.lastTransitionTime == Timestamp(later))
        #expect(last.completionTime == Timestamp(later))
    }
}
