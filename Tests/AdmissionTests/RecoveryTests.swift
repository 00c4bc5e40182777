import EtcdRecoverModel
import Testing

@testable import Admission

/// How a recovery is approved, as an API server asks about it.
struct RecoveryTests {
    private static let digest = "9f86d081884c7d659a2feaa0c55ad015"
    private static let whole = #""gracePeriod":"60s","recoveryTimeout":"30m""#

    private func recovery(_ spec: String = #""approved":false"#, phase: String? = nil, digest: String = digest)
        -> String
    {
        let status = phase.map { #"{"phase":"\#($0)","observed":{"digest":"\#(digest)"}}"# } ?? "{}"
        return """
            {"apiVersion":"operator.etcd.io/v1alpha1","kind":"EtcdRecovery",
            "metadata":{"name":"rescue","namespace":"prod"},
            "spec":{"clusterRef":"orders",\(Self.whole)\(spec.isEmpty ? "" : ",\(spec)")},"status":\(status)}
            """
    }

    private func approving(_ digest: String = digest) -> String { #""approved":true,"approvedDigest":"\#(digest)""# }

    /// Both passes give the same.
    private func decide(
        _ new: String, from old: String? = nil, subResource: String? = nil, asking world: World = production
    ) async throws -> AdmissionReviewResponse {
        let body = review(
            new, old: old ?? "null", kind: "EtcdRecovery", operation: old == nil ? "CREATE" : "UPDATE",
            subResource: subResource)
        let (mutated, validated) = try await (
            AdmissionTests.decide(body, .mutate, asking: world), AdmissionTests.decide(body, asking: world)
        )
        #expect(mutated == validated)
        return validated
    }

    private func denials(_ response: AdmissionReviewResponse) -> String? {
        response.response.allowed ? nil : response.response.auditAnnotations?["denied-by"]
    }

    @Test func oneThatIsCreatedWithItsDefaultsPassesWithoutAWord() async throws {
        #expect(try await decide(recovery()) == silentYes)
    }

    @Test func defaultsAreFilledIn() async throws {
        let bare = recovery("").replacing("," + Self.whole, with: "")
        let answer = try await AdmissionTests.decide(review(bare, kind: "EtcdRecovery"), .mutate)
        #expect(
            try answer.response.patchText == """
                [{"op":"add","path":"/spec/approved","value":false},\
                {"op":"add","path":"/spec/gracePeriod","value":"60s"},\
                {"op":"add","path":"/spec/recoveryTimeout","value":"30m"}]
                """)
    }

    @Test func oneThatIsCreatedApprovedIsRefused() async throws {
        #expect(denials(try await decide(recovery(approving()))) == "recovery.decision.onCreation")
    }

    /// What the status says of itself is the API server's business, which drops it on creation.
    @Test func theRightDigestIsAllowedAndAnotherIsNot() async throws {
        let old = recovery(phase: "AwaitingApproval")
        #expect(try await decide(recovery(approving(), phase: "AwaitingApproval"), from: old) == silentYes)
        for claimed in [Self.digest, "0123"] {
            let wrong = recovery(approving("0123"), phase: "AwaitingApproval", digest: claimed)
            let answer = try await decide(wrong, from: old)
            #expect(denials(answer) == "recovery.approvedDigest.stale")
            #expect(
                answer.response.status?.message == """
                    EtcdRecovery.operator.etcd.io "rescue" is invalid: spec.approvedDigest: Invalid value: "0123": \
                    the state is another one, "9f86d081884c…": look again with `kubectl etcdrecover recover orders` \
                    and approve what it shows
                    """)
        }
    }

    @Test func anApprovalNeedsNobodyElse() async throws {
        var away = World()
        away.isUnavailable = true
        let old = recovery(phase: "AwaitingApproval")
        #expect(
            try await decide(recovery(approving(), phase: "AwaitingApproval"), from: old, asking: away) == silentYes)
    }

    @Test func whatIsStillDetectedIsNotApproved() async throws {
        let old = recovery(phase: "Detecting")
        // The phase that counts is the stored one.
        for claimed in ["Detecting", "AwaitingApproval"] {
            #expect(
                denials(try await decide(recovery(approving(), phase: claimed), from: old)) == "recovery.approved.phase"
            )
        }
    }

    @Test func whatIsApprovedStaysAsItIs() async throws {
        for phase in ["AwaitingApproval", "Snapshotting", "Rebuilding", "Completed"] {
            let old = recovery(approving(), phase: phase)
            let new = recovery(approving() + #","survivor":"orders-2""#, phase: phase)
            #expect(denials(try await decide(new, from: old)) == "recovery.spec.immutable")
        }
    }

    @Test func theStatusIsNeverHeldUp() async throws {
        let old = recovery(phase: "AwaitingApproval")
        #expect(
            try await decide(recovery(approving("0123"), phase: "Failed"), from: old, subResource: "status")
                == silentYes)
        #expect(try await decide(recovery(phase: "Rebuilding"), from: old) == silentYes)
    }
}
