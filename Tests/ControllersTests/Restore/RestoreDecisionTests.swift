import EtcdRecoverModel
import FoundationEssentials
import Testing

@testable import Controllers

/// What is decided of what is seen. Nothing is asked of anybody.
struct RestoreDecisionTests {
    private static let now = Date(timeIntervalSince1970: 1_800_000_000)
    private let policy = RestorePolicy()

    private static func restore(_ phase: EtcdRestore.Phase? = .pending, location: String? = nil, age: Double = 5)
        -> EtcdRestore
    {
        var metadata = ObjectMeta(name: "back", namespace: "db")
        metadata.uid = "uid-1"
        var restore = EtcdRestore(
            metadata: metadata,
            spec: .init(source: .init(backupRef: .init(name: "nightly")), target: .init(name: "fresh")))
        guard let phase else { return restore }
        restore.status = restore.begun(at: now.addingTimeInterval(-age))
        restore.status?.phase = phase
        restore.status?.snapshotLocation = location
        return restore
    }

    private static func cluster(of uid: String?) -> EtcdCluster {
        var metadata = ObjectMeta(name: "fresh", namespace: "db")
        metadata.annotations = uid.map { [Lineage.restoreUID: $0] }
        return EtcdCluster(metadata: metadata)
    }

    private func step(
        _ restore: EtcdRestore, cluster: EtcdCluster? = nil, pod: MemberPodState? = nil,
        setback: Failure? = nil
    ) -> RestoreStep {
        RestoreObservation(restore: restore, cluster: cluster, pod: pod, setback: setback, now: Self.now)
            .nextStep(policy)
    }

    @Test func theOrderIsProofThenCreation() {
        guard case .write(let begun, _) = step(Self.restore(nil)) else {
            Issue.record("it does not begin")
            return
        }
        #expect(begun.phase == .pending)
        #expect(begun.conditions?.first?.status == "Unknown")
        #expect(step(Self.restore()) == .prove)
        let proved = Self.restore(location: "s3://b/k")
        #expect(step(proved) == .create)
        #expect(step(proved, cluster: Self.cluster(of: nil)) == .create, "an empty shell is nobody's yet")
        #expect(step(proved, cluster: Self.cluster(of: "another")) == .create)
        #expect(step(proved, cluster: Self.cluster(of: "uid-1")) == .wait(policy.poll))
    }

    @Test func thePodsStateIsTheRestores() {
        let ours = Self.cluster(of: "uid-1")
        let proved = Self.restore(location: "s3://b/k")
        func phase(_ pod: MemberPodState, from phase: EtcdRestore.Phase = .pending) -> EtcdRestore.Phase? {
            guard case .write(let status, _) = step(Self.restore(phase, location: "s3://b/k"), cluster: ours, pod: pod)
            else { return nil }
            return status.phase
        }
        let restored = AgentReport(.restored, message: "restored")
        #expect(phase(.laying) == .downloading)
        #expect(phase(.laid(restored), from: .downloading) == .restoring)
        #expect(phase(.running(restored), from: .downloading) == .restoring)
        #expect(
            step(Self.restore(.restoring, location: "s3://b/k"), cluster: ours, pod: .running(restored))
                == .verify(restored))
        #expect(
            step(Self.restore(.restoring, location: "s3://b/k"), cluster: ours, pod: .laid(restored))
                == .wait(policy.poll))
        #expect(phase(.notInjected) == .failed, "its data are not ours")
        #expect(phase(.crashed("OOMKilled")) == .failed)
        #expect(phase(.failed(AgentReport(.failed, reason: .snapshotCorrupt, message: "damaged"))) == .failed)
        let interrupted = AgentReport(.failed, reason: .interrupted, message: "told to stop")
        #expect(step(proved, cluster: ours, pod: .failed(interrupted)) == .wait(policy.poll))
    }

    @Test func whatMayPassWaitsAndTheRestFails() {
        let passing = Failure(reason: .storeUnreachable, message: "no answer", mayPass: true)
        let final = Failure(reason: .snapshotNotFound, message: "gone", mayPass: false)
        #expect(step(Self.restore(), setback: passing) == .wait(policy.pause))
        guard case .write(let failed, let news) = step(Self.restore(), setback: final) else {
            Issue.record("it goes on")
            return
        }
        #expect(failed.phase == .failed)
        #expect(failed.conditions?.first?.reason == "SnapshotNotFound")
        #expect(news?.isWarning == true)
        #expect(news?.message == "gone")
    }

    @Test func theTimeLimitHoldsAndSaysWhatWasAwaited() {
        let late = Self.restore(location: "s3://b/k", age: 10 * 60 + 61)
        guard case .write(let failed, _) = step(late, cluster: Self.cluster(of: "uid-1")) else {
            Issue.record("it waits for ever")
            return
        }
        #expect(failed.conditions?.first?.reason == "TimedOut")
        #expect(failed.conditions?.first?.message?.contains("made no pod fresh-0") == true)
        let within = Self.restore(location: "s3://b/k", age: 10 * 60 + 59)
        #expect(step(within, cluster: Self.cluster(of: "uid-1")) == .wait(policy.poll))
    }

    @Test func whatHeldItUpUntilTheEndIsItsReason() {
        func failed(_ restore: EtcdRestore, _ cluster: EtcdCluster? = nil, _ pod: MemberPodState? = nil) -> Condition? {
            guard case .write(let status, _) = step(restore, cluster: cluster, pod: pod) else { return nil }
            return status.conditions?.first
        }
        let unreachable = Failure(reason: .storeUnreachable, message: "no answer", mayPass: true)
        var late = Self.restore(age: 10 * 60 + 61)
        #expect(failed(late)?.reason == "TimedOut")
        #expect(failed(late)?.message?.contains("the snapshot was not proved") == true)
        late.status = late.waiting(unreachable, at: Self.now)
        #expect(failed(late)?.reason == "StoreUnreachable")
        #expect(failed(late)?.message?.hasSuffix("no answer") == true)

        // Once it is past that, it is no reason any more.
        late.status = late.proved("s3://b/k", at: Self.now)
        #expect(failed(late)?.reason == "TimedOut")
        let laid = MemberPodState.laid(AgentReport(.restored, message: "restored"), etcd: "exit code 1, Error")
        late.status?.phase = .restoring
        #expect(failed(late, Self.cluster(of: "uid-1"), laid)?.reason == "MemberNotRestored")
        #expect(failed(late, Self.cluster(of: "uid-1"), laid)?.message?.contains("exit code 1") == true)
    }

    @Test(arguments: [EtcdRestore.Phase.completed, .failed])
    func whatIsOverRests(_ phase: EtcdRestore.Phase) {
        #expect(step(Self.restore(phase, location: "s3://b/k")) == .rest)
    }
}

struct FirstMemberTests {
    private func state(_ status: String, initContainers: String = #"[{"name": "etcdrecover-agent"}]"#) throws
        -> MemberPodState
    {
        let json =
            #"{"metadata": {"name": "fresh-0"}, "spec": {"initContainers": \#(initContainers)}, "status": \#(status)}"#
        return try JSONDecoder().decode(FirstMember.self, from: Data(json.utf8)).state
    }

    @Test func isReadFromItsContainers() throws {
        #expect(try state("{}", initContainers: "null") == .notInjected)
        #expect(try state("{}") == .waiting(nil))
        #expect(
            try state(#"{"initContainerStatuses": [{"name": "etcdrecover-agent", "state": {"running": {}}}]}"#)
                == .laying)
        #expect(
            try state(
                #"{"initContainerStatuses": [{"name": "etcdrecover-agent", "state": {"waiting": {"reason": "ErrImagePull"}}}]}"#
            ) == .waiting("ErrImagePull"))
    }

    @Test func hasCrashedWhenItsAgentEndedTwiceWithoutAWord() throws {
        func killed(restarts: Int) -> String {
            let ended = #"{"terminated": {"exitCode": 255, "reason": "Unknown"}}"#
            return
                #"{"initContainerStatuses": [{"name": "etcdrecover-agent", "restartCount": \#(restarts), "state": \#(ended)}]}"#
        }
        // So it looks after the node went down, too.
        #expect(try state(killed(restarts: 0)) == .waiting(nil))
        #expect(try state(killed(restarts: 1)) == .crashed("Unknown"))
    }

    @Test func saysWhyItsEtcdDoesNotRun() throws {
        let report = AgentReport(.restored, message: "restored")
        let message = String(
            decoding: try JSONEncoder().encode(String(decoding: report.terminationMessage, as: UTF8.self)),
            as: UTF8.self)
        func etcd(_ status: String) throws -> MemberPodState {
            let agent =
                #"{"name": "etcdrecover-agent", "state": {"terminated": {"exitCode": 0, "message": \#(message)}}}"#
            return try state(
                #"{"initContainerStatuses": [\#(agent)], "containerStatuses": [{"name": "etcd", \#(status)}]}"#)
        }
        #expect(try etcd(#""state": {"waiting": {"reason": "PodInitializing"}}"#) == .laid(report))
        #expect(
            try etcd(#""state": {"waiting": {"reason": "ErrImagePull", "message": "no such image"}}"#)
                == .laid(report, etcd: "no such image"))
        let ended = #"{"terminated": {"exitCode": 1, "reason": "Error"}}"#
        #expect(
            try etcd(#""state": {"waiting": {"reason": "CrashLoopBackOff"}}, "lastState": \#(ended)"#)
                == .laid(report, etcd: "exit code 1, Error"))
    }

    @Test func whatTheAgentSaidCountsInABackoffToo() throws {
        let report = AgentReport(.failed, reason: .storeAccessDenied, message: "403")
        let message = String(
            decoding: try JSONEncoder().encode(String(decoding: report.terminationMessage, as: UTF8.self)),
            as: UTF8.self)
        let ended = #"{"terminated": {"exitCode": 1, "message": \#(message)}}"#
        let status =
            #"{"initContainerStatuses": [{"name": "etcdrecover-agent", "state": {"waiting": {"reason": "CrashLoopBackOff"}}, "lastState": \#(ended)}]}"#
        #expect(try state(status) == .failed(report))
    }
}
