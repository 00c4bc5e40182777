import EtcdRecoverModel
import FoundationEssentials

extension EtcdRecovery {
    /// Three members, of which `main-0` and `main-2` answer, and `main-1` has lost its volume.
    static func sample(
        phase: Phase = .awaitingApproval, layout: Layout = .statefulSet, place: Destination? = .rescue,
        change: (inout EtcdRecovery) -> Void = { _ in }
    ) -> EtcdRecovery {
        var recovery = EtcdRecovery(
            metadata: ObjectMeta(name: "main-1", namespace: "db"), spec: Spec(clusterRef: "main", destination: place))
        recovery.metadata.uid = "u1"
        var status = Status(phase: phase)
        status.layout = layout
        status.detectedTime = Timestamp(rawValue: "2026-01-01T00:00:00Z")
        status.observed = Observed(
            digest: "d1", permanent: true, reasons: ["2 of 5 voters answer, too few for a quorum of 3"],
            members: [
                member("main-0", revision: 980, index: 1201), member("main-1", pod: "absent", volume: "absent"),
                member("main-2", revision: 978, index: 1198),
            ])
        status.survivor = survivor("main-0", revision: 980, index: 1201)
        recovery.status = status
        change(&recovery)
        return recovery
    }

    /// Answers where it has a revision.
    static func member(
        _ name: String, revision: Int64? = nil, index: Int64? = nil, pod: String = "Running", volume: String? = "Bound"
    ) -> Member {
        var member = Member(name: name, reachable: revision != nil)
        member.revision = revision
        member.raftIndex = index
        member.raftTerm = revision == nil ? nil : 4
        member.learner = revision == nil ? nil : false
        member.lastHeardTime = revision == nil ? nil : Timestamp(rawValue: "2026-01-01T00:04:00Z")
        member.pod = pod
        member.volume = volume
        return member
    }

    static func survivor(_ name: String, revision: Int64?, index: Int64?, fromVolume: Bool? = nil) -> Survivor {
        var survivor = Survivor(name: name)
        survivor.revision = revision
        survivor.raftIndex = index
        survivor.raftTerm = 4
        survivor.fromVolume = fromVolume
        return survivor
    }
}

extension Destination {
    static let rescue = Destination(provider: .s3, prefix: "prod", s3: .init(bucket: "rescue"))
}
