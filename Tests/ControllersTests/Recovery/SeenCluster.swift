import EtcdClient
import EtcdRecoverModel

@testable import Controllers

/// Looks at a cluster `main` as tests make them up.
enum SeenCluster {
    /// A member that answers.
    struct Voice {
        var index: UInt64 = 50
        var revision: Int64 = 30
        var term: UInt64 = 2
        var leader: Int?
        var isLearner = false
    }

    /// By ordinal; nil does not answer. `gone` have neither pod nor volume.
    static func evidence(
        _ voices: [Voice?], layout: EtcdRecovery.Layout = .statefulSet, gone: Set<Int> = [], attempts: Int64? = nil,
        replicas: Int? = nil
    ) -> ClusterEvidence {
        let list = voices.indices.map { Member(id: id($0), name: "main-\($0)", clientURLs: [url($0)]) }
        var evidence = ClusterEvidence(
            layout: layout, size: voices.count, labels: ["app": "main"], replicas: replicas ?? voices.count,
            verdict: QuorumVerdict(state: .unknown, voters: nil, answering: 0, reasons: ["no member answered"]),
            members: [])
        evidence.members = voices.enumerated().map { ordinal, voice in
            var seen = ClusterEvidence.Seen(name: "main-\(ordinal)", ordinal: ordinal)
            seen.volume = gone.contains(ordinal) ? .absent : .bound
            if !gone.contains(ordinal) { seen.pod = pod(ordinal, isRunning: voice != nil, attempts: attempts) }
            seen.observation = voice.map { observation($0, ordinal, list) }
            return seen
        }
        let observations = evidence.members.compactMap(\.observation)
        if !observations.isEmpty { evidence.verdict = judgingQuorum(observations, size: voices.count) }
        return evidence
    }

    /// `attempts`: of the recovery whose agent it carries.
    static func pod(
        _ ordinal: Int, isRunning: Bool = true, attempts: Int64? = nil, state: MemberPodState? = nil
    ) -> ClusterEvidence.SeenPod {
        ClusterEvidence.SeenPod(
            uid: "pod-\(ordinal)", text: isRunning ? "Running" : "Pending",
            presence: isRunning ? .running : .starting, runs: isRunning, isLeaving: false,
            record: attempts.map { .init(namespace: "db", name: "main-1", uid: "uid-1", generation: $0) },
            state: state ?? (attempts == nil ? .notInjected : .running(nil)))
    }

    static func id(_ ordinal: Int) -> MemberID { MemberID(rawValue: UInt64(ordinal + 1)) }

    private static func url(_ ordinal: Int) -> String { "http://main-\(ordinal):2379" }

    private static func observation(_ voice: Voice, _ ordinal: Int, _ list: [Member]) -> MemberObservation {
        let header = ResponseHeader(
            cluster: ClusterID(rawValue: 7), member: id(ordinal), revision: Revision(rawValue: voice.revision),
            raftTerm: voice.term)
        let status = MemberStatus(
            header: header, version: "3.5.21", leader: voice.leader.map(id), raftTerm: voice.term,
            raftIndex: voice.index, raftAppliedIndex: voice.index, isLearner: voice.isLearner)
        return MemberObservation(
            endpoint: EtcdEndpoint(url(ordinal)), status: .success(status),
            list: .success(MemberList(header: header, members: list)))
    }
}
