import EtcdRecoverModel
import FoundationEssentials
import Testing

@testable import Admission

struct ValidateTests {
    @Test
    func aSoundObjectPassesWithoutAWord() async throws {
        #expect(try await decide(review(backup(goodSpec))) == silentYes)
    }

    @Test
    func everyProblemIsAnsweredAtOnceAsKubernetesWould() async throws {
        let spec =
            #"{"clusterRef":"nowhere","destination":{"provider":"s3","prefix":"/a","s3":{"bucket":"b","region":"r"}},"#
            + #""retention":{"retainCount":3}}"#
        let answer = try await decide(review(backup(spec)))
        let causes: [Status.Cause] = [
            .init(
                reason: .notFound,
                message:
                    #"Not found: "nowhere": there is no EtcdCluster of that name in namespace "prod": name one that exists"#,
                field: "spec.clusterRef"),
            .init(
                reason: .invalid, message: #"Invalid value: "/a": must not begin with a slash"#,
                field: "spec.destination.prefix"),
            .init(
                reason: .invalid, message: #"Invalid value: "b": must have 3 to 63 characters"#,
                field: "spec.destination.s3.bucket"),
        ]
        let problems = causes.map { "\($0.field ?? ""): \($0.message ?? "")" }.joined(separator: ", ")
        #expect(
            answer
                == AdmissionReviewResponse(
                    response: .init(
                        uid: "705ab4f5", allowed: false,
                        status: Status(
                            status: "Failure",
                            message: #"EtcdBackup.operator.etcd.io "nightly" is invalid: [\#(problems)]"#,
                            reason: "Invalid",
                            details: .init(
                                name: "nightly", group: "operator.etcd.io", kind: "EtcdBackup", causes: causes),
                            code: 422),
                        auditAnnotations: [
                            "denied-by":
                                "backup.clusterRef.notFound,destination.prefix.invalid,destination.s3.bucket.invalid"
                        ])))
    }

    @Test
    func valuesOfTheWrongTypeAreToldTogetherWithWhatTheRulesSay() async throws {
        let spec =
            #"{"clusterRef":7,"destination":{"provider":"s3","s3":{"bucket":true,"region":"r"}},"retention":{"retainCount":"3"},"snapshotTimeout":"1x"}"#
        for stage in AdmissionStage.allCases {
            let answer = try await decide(review(backup(spec)), stage)
            #expect(
                answer.response.status?.details?.causes?.map { "\($0.field ?? ""): \($0.message ?? "")" } == [
                    #"spec.clusterRef: Invalid value: 7: must be a string, not a number: write "7", with the quotes"#,
                    #"spec.destination.s3.bucket: Invalid value: true: must be a string, not a boolean: write "true", "#
                        + "with the quotes",
                    #"spec.snapshotTimeout: Invalid value: "1x": must be a duration such as 10m, 90s or 1h30m: "x" is no "#
                        + "unit (ns, us, ms, s, m or h)",
                    #"spec.retention.retainCount: Invalid value: "3": must be an integer (int32), not a string: write it "#
                        + "without quotes",
                ])
        }
    }

    @Test
    func warningsPassWithTheirPathAndRule() async throws {
        let spec = goodSpec.replacing(
            "\"region\":\"eu-central-1\"", with: "\"endpoint\":\"http://s3.example\",\"region\":\"r\"")
        let answer = try await decide(review(backup(spec)))
        #expect(answer.response.allowed)
        let object = try JSONDecoder().decode(EtcdBackup.self, from: Data(backup(spec).utf8))
        let findings = await object.allFindings(lookup: production)
        #expect(
            findings.map(\.path) == [
                FieldPath("spec", "destination", "secretRef"), FieldPath("spec", "destination", "s3", "endpoint"),
            ])
        #expect(answer.response.warnings == warningTexts(findings))
        #expect(
            answer.response.auditAnnotations
                == ["warned-by": "destination.s3.credentials.ambient,destination.endpoint.insecure"])
    }

    @Test
    func aLookUpWithoutAnAnswerIsNeverAYes() async throws {
        let answer = try await decide(review(backup(goodSpec)), asking: World(isUnavailable: true))
        #expect(!answer.response.allowed)
        #expect(
            answer.response.status?.message
                == #"EtcdBackup.operator.etcd.io "nightly" is invalid: [spec.clusterRef: Could not be checked: whether "#
                + #"EtcdCluster "orders" exists: the API server is away, spec.destination.prefix: Could not be checked: "#
                + "whether another cluster's backups go to the same place: the API server is away]")
    }

    @Test
    func theOperatorMayLetItPassWithAWarning() async throws {
        let decision = try await Admission(options: RuleOptions(unavailableLookup: .warning)).review(
            review(backup(goodSpec)), in: .validate, asking: World(isUnavailable: true))
        #expect(decision.isAllowed)
        #expect(decision.review.response.auditAnnotations == ["warned-by": "lookup.unavailable"])
        #expect(
            decision.review.response.warnings == [
                #"spec.clusterRef: Could not be checked: whether EtcdCluster "orders" exists: the API server is away"#,
                "spec.destination.prefix: Could not be checked: whether another cluster's backups go to the same place: the "
                    + "API server is away",
            ])
    }

    @Test
    func anObjectStillToBeNamedIsCalledByTheBeginningOfItsName() async throws {
        let object = #"{"metadata":{"generateName":"nightly-"},"spec":{"clusterRef":"Orders"}}"#
        let answer = try await decide(review(object))
        #expect(answer.response.status?.details?.name == "nightly-")
    }
}
