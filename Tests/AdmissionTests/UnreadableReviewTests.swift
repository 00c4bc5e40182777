import EtcdRecoverModel
import FoundationEssentials
import Testing

@testable import Admission

struct UnreadableReviewTests {
    @Test(arguments: [
        (#"{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","request":{}}"#, UnreadableReview.withoutUID),
        (#"{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","request":{"uid":""}}"#, .withoutUID),
        (#"{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","request":{"uid":7}}"#, .withoutUID),
        (#"{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1"}"#, .withoutUID),
        (#"{"kind":"Pod","apiVersion":"v1"}"#, .notAReview(apiVersion: "v1", kind: "Pod")),
        (#"{}"#, .notAReview(apiVersion: nil, kind: nil)),
    ])
    func withoutAUIDThereIsNothingToAnswer(_ body: String, _ expected: UnreadableReview) async throws {
        await #expect(throws: expected) { try await decide(Data(body.utf8)) }
    }

    @Test(arguments: ["", "{", "[1,", "null", "7", "\"text\"", "{\"kind\":", "\u{0}"])
    func bodiesThatAreNoReviewAreNamed(_ body: String) async throws {
        await #expect(throws: UnreadableReview.self) { try await decide(Data(body.utf8)) }
    }

    @Test
    func deepNestingIsRefusedNotFollowed() async throws {
        let depth = 100_000
        let body = review(String(repeating: "[", count: depth) + String(repeating: "]", count: depth))
        await #expect(throws: UnreadableReview.self) { try await decide(body) }
    }

    @Test
    func bytesThatAreNotUTF8AreRefusedWhereverTheyStand() async throws {
        var body = review(backup(goodSpec, metadata: #""annotations":{"note":"XX"}"#))
        let place = try #require(body.indices.dropLast().first { body[$0...].starts(with: "XX".utf8) })
        body.replaceSubrange(place..<place + 2, with: [0xC3, 0x28])
        await #expect(throws: UnreadableReview.notUTF8) { try await decide(body) }
    }

    @Test
    func anotherVersionOfTheReviewIsAnsweredInThatVersion() async throws {
        let answer = try await decide(review(backup(goodSpec), apiVersion: "admission.k8s.io/v1beta1"))
        #expect(
            answer
                == AdmissionReviewResponse(
                    apiVersion: "admission.k8s.io/v1beta1",
                    response: .badRequest(
                        uid: "705ab4f5",
                        #"admission.k8s.io/v1beta1 is not spoken here; set admissionReviewVersions to ["v1"]"#)))
    }

    @Test(arguments: [("EtcdCluster", "v1alpha1"), ("EtcdBackup", "v2"), ("", "")])
    func kindsAndVersionsWithoutRulesAreNamed(_ kind: String, _ version: String) async throws {
        let answer = try await decide(review("{}", kind: kind, version: version))
        #expect(
            answer.response
                == .badRequest(
                    uid: "705ab4f5",
                    "no rules for operator.etcd.io/\(version) \(kind); known are operator.etcd.io/v1alpha1 EtcdBackup, "
                        + "operator.etcd.io/v1alpha1 EtcdRecovery, operator.etcd.io/v1alpha1 EtcdRestore. "
                        + "Let the webhook configuration match these alone"
                ))
    }

    @Test
    func aRequestThatCannotBeReadIsAnsweredWithItsUID() async throws {
        let answer = try await decide(review(backup(goodSpec), operation: "EXPLODE"))
        #expect(answer.response.uid == "705ab4f5")
        #expect(answer.response.status?.code == 400)
        #expect(
            answer.response.status?.message
                == "the review cannot be read: request.operation: "
                + "Cannot initialize Operation from invalid String value EXPLODE")
    }

    @Test
    func anObjectThatIsMissingIsNamed() async throws {
        let answer = try await decide(review("null"))
        #expect(answer.response == .badRequest(uid: "705ab4f5", "the review cannot be read: request.object is missing"))
    }
}
