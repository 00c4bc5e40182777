import EtcdRecoverModel
import FoundationEssentials
import Testing

@testable import Admission

/// Rights that are looked up are those of a user whom the review names.
struct RequesterTests {
    @Test(arguments: AdmissionStage.allCases, ["null", "{}", #"{"username":""}"#, #"{"username":null,"uid":"7"}"#])
    func aReviewOfNobodysRequestIsABadRequest(_ stage: AdmissionStage, _ user: String) async throws {
        let answer = try await decide(review(backup(goodSpec), user: user), stage)
        #expect(
            answer.response
                == .badRequest(
                    uid: "705ab4f5", "request.userInfo.username is missing: nobody's rights can be looked up"))
    }

    @Test(arguments: AdmissionStage.allCases)
    func deletionsPassWhoeverAsks(_ stage: AdmissionStage) async throws {
        let body = review("null", old: backup(goodSpec), operation: "DELETE", user: "null")
        #expect(try await decide(body, stage) == silentYes)
    }
}
