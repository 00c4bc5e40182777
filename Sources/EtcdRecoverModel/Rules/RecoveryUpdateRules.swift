/// What a person may decide about a recovery, and until when; and what else of its spec may change.
enum RecoveryUpdateRules {
    static let immutable = Rule(
        "recovery.spec.immutable", .recovery, at: "spec", .forbidden,
        "clusterRef never changes. survivor, gracePeriod, recoveryTimeout and destination may change while the phase is "
            + "Detecting or AwaitingApproval and nothing is approved.")
    static let approvedPhase = Rule(
        "recovery.approved.phase", .recovery, at: "spec.approved", .forbidden,
        "It is approved while its phase is AwaitingApproval, and not once it was called off.")
    static let digestRequired = Rule(
        "recovery.approvedDigest.required", .recovery, at: "spec.approvedDigest", .required,
        "An approval says what is approved.")
    static let digestStale = Rule(
        "recovery.approvedDigest.stale", .recovery, at: "spec.approvedDigest", .invalid,
        "What is approved is the state as it is: approvedDigest equals status.observed.digest.")
    static let digestAlone = Rule(
        "recovery.approvedDigest.alone", .recovery, at: "spec.approvedDigest", .forbidden,
        "approvedDigest comes with approved.")
    static let abortedPhase = Rule(
        "recovery.aborted.phase", .recovery, at: "spec.aborted", .forbidden,
        "It is called off before the rebuilding: in Detecting, AwaitingApproval or Snapshotting.")
    static let acknowledgedPhase = Rule(
        "recovery.acknowledged.phase", .recovery, at: "spec.acknowledged", .forbidden,
        "It is acknowledged when it is Completed or Failed.")
    static let decisionFinal = Rule(
        "recovery.decision.final", .recovery, at: "spec.approved, spec.aborted, spec.acknowledged", .forbidden,
        "What was decided stays: aborted and acknowledged for good, approved once the work has begun.")
    static let all = [
        immutable, approvedPhase, digestRequired, digestStale, digestAlone, abortedPhase, acknowledgedPhase,
        decisionFinal,
    ]

    /// Fields that are decided on, one by one, after the object was created.
    static let decisions: Set<FieldPath> = [
        FieldPath("approved"), FieldPath("approvedDigest"), FieldPath("aborted"), FieldPath("acknowledged"),
    ]
}

/// One change of a recovery's spec. Only the stored object's status counts: who changes a spec may send any status along.
struct RecoveryUpdate {
    var old: EtcdRecovery
    var new: EtcdRecovery
    var spec: EtcdRecovery.Spec

    /// Decisions are judged here and nowhere else; what is asked for anew is judged as on creation, look-ups included.
    var verdict: SpecUpdate {
        let request = UpdateRules.changes(from: old, to: new).filter { !RecoveryUpdateRules.decisions.contains($0) }
        let findings = [requestRefusal(request)].compactMap(\.self) + approval + digest + abortion + acknowledgement
        guard findings.isEmpty else {
            return .refused(FieldOrder(schema: EtcdRecovery.wholeSchema).sorted(findings))
        }
        return request.isEmpty ? .settled : .open
    }

    private var path: FieldPath { FieldPath("spec") }
    private var before: EtcdRecovery.Spec { old.spec ?? EtcdRecovery.Spec() }
    private var cluster: String { before.clusterRef ?? "" }
    /// One that the controller has not seen yet detects nothing yet.
    private var phase: EtcdRecovery.Phase { old.hasPhase ? old.status?.phase ?? .detecting : .detecting }

    private var wasApproved: Bool { before.approved == true }
    private var isApproved: Bool { spec.approved == true }
    private var hasNewDigest: Bool {
        spec.approvedDigest.ifGiven != nil && spec.approvedDigest != before.approvedDigest
    }
    /// A second approval, of the state as it has become, needs no detour.
    private var isBeingApproved: Bool { isApproved && (!wasApproved || spec.approvedDigest != before.approvedDigest) }

    private func requestRefusal(_ changed: [FieldPath]) -> Finding? {
        guard !changed.isEmpty else { return nil }
        let text: String
        if changed.contains(FieldPath("clusterRef")) {
            text = "a recovery is about one cluster (changed: %): put it back, or create another EtcdRecovery"
        } else if !phase.isBeforeApproval {
            text = "work has begun, so the spec is a record (changed: %): put it back, or create another EtcdRecovery"
        } else if isBeingApproved {
            text =
                "what was looked at is approved, and nothing else (changed: %): make this change by itself, look again "
                + "and approve then"
        } else if wasApproved {
            text = "it is approved as it is (changed: %): put it back, or take the approval back before"
        } else {
            return nil
        }
        return Finding(
            RecoveryUpdateRules.immutable, at: path, text.replacing("%", with: UpdateRules.listed(changed)))
    }

    private var approval: [Finding] {
        if wasApproved, !isApproved, !phase.isBeforeApproval {
            return [
                final("approved", "it is \(phase.rawValue), and an approval is taken back before any work has begun")
            ]
        }
        guard isBeingApproved else { return [] }
        let path = path["approved"]
        if before.aborted == true || spec.aborted == true {
            return [
                Finding(
                    RecoveryUpdateRules.approvedPhase, at: path, "it has been called off: create another EtcdRecovery")
            ]
        }
        guard phase != .awaitingApproval else { return [] }
        let advice =
            switch phase {
            case .detecting: "wait until it is AwaitingApproval, with what was found in status.observed"
            case .cancelled: "the majority came back, and there is nothing to approve"
            case .completed, .failed: "create another EtcdRecovery if the cluster has lost its majority again"
            default: "it goes on by itself"
            }
        return [Finding(RecoveryUpdateRules.approvedPhase, at: path, "its phase is \(phase.rawValue): \(advice)")]
    }

    private var digest: [Finding] {
        let path = path["approvedDigest"]
        guard isBeingApproved else {
            guard hasNewDigest, !isApproved else { return [] }
            return [
                Finding(
                    RecoveryUpdateRules.digestAlone, at: path, "it approves nothing by itself: set approved as well")
            ]
        }
        // What the state is matters only where it can be approved.
        guard approval.isEmpty else { return [] }
        let command = "`kubectl etcdrecover recover \(cluster)`"
        guard let given = spec.approvedDigest.ifGiven else {
            return [
                Finding(
                    RecoveryUpdateRules.digestRequired, at: path,
                    "give status.observed.digest of the state that you approve, or use \(command), which shows it")
            ]
        }
        guard let observed = old.status?.observed?.digest.ifGiven else {
            return [
                Finding(
                    RecoveryUpdateRules.digestStale, at: path, value: shortened(given),
                    "nothing is observed now: look again with \(command)")
            ]
        }
        guard given != observed else { return [] }
        return [
            Finding(
                RecoveryUpdateRules.digestStale, at: path, value: shortened(given),
                "the state is another one, \(shortened(observed)): look again with \(command) and approve what it shows"
            )
        ]
    }

    private var abortion: [Finding] {
        switch (before.aborted == true, spec.aborted == true) {
        case (true, false): return [final("aborted", "what was called off stays so: create another EtcdRecovery")]
        case (false, true):
            guard !phase.isBeforeApproval, phase != .snapshotting else { return [] }
            let state =
                phase.isTerminal
                ? "it is \(phase.rawValue), and there is nothing to call off"
                : "it is \(phase.rawValue), and to stop in between would leave the cluster without a majority: let it go on"
            return [Finding(RecoveryUpdateRules.abortedPhase, at: path["aborted"], state)]
        default: return []
        }
    }

    private var acknowledgement: [Finding] {
        switch (before.acknowledged == true, spec.acknowledged == true) {
        case (true, false): return [final("acknowledged", "what was read was read: put it back")]
        case (false, true) where phase != .completed && phase != .failed:
            return [
                Finding(
                    RecoveryUpdateRules.acknowledgedPhase, at: path["acknowledged"],
                    "its phase is \(phase.rawValue), and what may be lost is known only when it is Completed or Failed")
            ]
        default: return []
        }
    }

    private func final(_ field: String, _ text: String) -> Finding {
        Finding(RecoveryUpdateRules.decisionFinal, at: path[field], text)
    }

    /// As much as people compare.
    private func shortened(_ digest: String) -> String {
        quoted(digest.count > 12 ? "\(digest.prefix(12))…" : digest)
    }
}
