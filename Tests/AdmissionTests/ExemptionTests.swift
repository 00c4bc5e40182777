import FoundationEssentials
import Testing

@testable import Admission

/// What admission must never block, however wrong the object is.
struct ExemptionTests {
    static let wrong = backup(#"{"clusterRef":"Not A Name"}"#)

    @Test(arguments: AdmissionStage.allCases)
    func deletionsPass(_ stage: AdmissionStage) async throws {
        let body = review("null", old: Self.wrong, operation: "DELETE")
        #expect(try await decide(body, stage) == silentYes)
    }

    @Test(arguments: AdmissionStage.allCases)
    func connectionsPass(_ stage: AdmissionStage) async throws {
        #expect(try await decide(review("null", operation: "CONNECT"), stage) == silentYes)
    }

    @Test(arguments: AdmissionStage.allCases, ["status", "finalizers", "scale"])
    func subresourcesPass(_ stage: AdmissionStage, _ subResource: String) async throws {
        let body = review(Self.wrong, old: Self.wrong, operation: "UPDATE", subResource: subResource)
        #expect(try await decide(body, stage) == silentYes)
    }

    @Test(arguments: AdmissionStage.allCases)
    func objectsBeingDeletedPass(_ stage: AdmissionStage) async throws {
        let leaving = backup(
            #"{"clusterRef":"Not A Name"}"#, metadata: #""deletionTimestamp":"2026-11-21T10:00:00Z","finalizers":[]"#)
        #expect(try await decide(review(leaving, old: Self.wrong, operation: "UPDATE"), stage) == silentYes)
    }

    @Test(arguments: AdmissionStage.allCases)
    func objectsBeingDeletedPassThoughTheyCannotBeRead(_ stage: AdmissionStage) async throws {
        let leaving = backup(#"{"clusterRef":7}"#, metadata: #""deletionTimestamp":"2026-11-21T10:00:00Z""#)
        #expect(try await decide(review(leaving, old: Self.wrong, operation: "UPDATE"), stage) == silentYes)
    }

    @Test
    func aLabelMayChangeOnAnObjectThatTodaysRulesRefuse() async throws {
        let labelled = backup(#"{"clusterRef":"Not A Name"}"#, metadata: #""labels":{"team":"storage"}"#)
        #expect(try await decide(review(labelled, old: Self.wrong, operation: "UPDATE")) == silentYes)
    }

    @Test
    func aLabelMayChangeThoughTheAPIServerIsAway() async throws {
        let labelled = backup(goodSpec, metadata: #""labels":{"team":"storage"}"#)
        let body = review(labelled, old: backup(goodSpec), operation: "UPDATE")
        #expect(try await decide(body, asking: World(isUnavailable: true)) == silentYes)
    }
}
