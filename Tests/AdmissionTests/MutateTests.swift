import EtcdRecoverModel
import FoundationEssentials
import Testing

@testable import Admission

struct MutateTests {
    @Test
    func anObjectThatNamesEverythingIsLeftAlone() async throws {
        #expect(try await decide(review(backup(goodSpec)), .mutate) == silentYes)
    }

    @Test
    func defaultsComeAsAMinimalPatch() async throws {
        let spec =
            #"{"clusterRef":"orders","destination":{"prefix":"etcd/","s3":{"bucket":"backups","endpoint":"https://s3.example"}}}"#
        let answer = try await decide(review(backup(spec)), .mutate).response
        #expect(answer.allowed)
        #expect(answer.patchType == "JSONPatch")
        #expect(
            try answer.patchText == """
                [{"op":"add","path":"/spec/destination/provider","value":"s3"},\
                {"op":"replace","path":"/spec/destination/prefix","value":"etcd"},\
                {"op":"add","path":"/spec/destination/s3/region","value":"us-east-1"},\
                {"op":"add","path":"/spec/destination/s3/forcePathStyle","value":true},\
                {"op":"add","path":"/spec/snapshotTimeout","value":"10m"},\
                {"op":"add","path":"/spec/retention","value":{"retainCount":0}}]
                """)
        #expect(answer.warnings == nil)
    }

    @Test
    func aRestoreTakesItsVersionFromTheSourceCluster() async throws {
        let spec =
            #"{"source":{"backupRef":{"name":"nightly"}},"target":{"name":"copy","size":1},"restoreTimeout":"10m"}"#
        let answer = try await decide(review(restore(spec), kind: "EtcdRestore"), .mutate).response
        #expect(
            try answer.patchText == #"[{"op":"add","path":"/spec/target/version","value":"v3.5.17"}]"#)
    }

    @Test
    func aRestoreThatNamesItsVersionAsksNobody() async throws {
        let spec =
            #"{"source":{"backupRef":{"name":"nightly"}},"target":{"name":"copy","size":1,"version":"v3.5.17"},"#
            + #""restoreTimeout":"10m"}"#
        let answer = try await decide(
            review(restore(spec), kind: "EtcdRestore"), .mutate, asking: World(isUnavailable: true))
        #expect(answer == silentYes)
    }

    /// The API server's schema check comes between the two passes, and would leave out what was looked up.
    @Test
    func whatThePureRulesRefuseIsRefusedHereWithEverythingThereIsToSay() async throws {
        let body = review(
            backup(#"{"clusterRef":"Orders","destination":{"s3":{"bucket":"b"},"secretRef":{"name":"keys"}}}"#))
        let early = try await Admission(options: RuleOptions()).review(body, in: .mutate, asking: production)
        #expect(!early.isAllowed)
        #expect(early.review.response.patch == nil)
        #expect(
            early.deniedBy.map(\.rawValue) == [
                "backup.clusterRef.invalid", "secret.notFound", "destination.s3.bucket.invalid",
            ])
        #expect(
            early.review.response.auditAnnotations?["denied-by"]
                == "backup.clusterRef.invalid,secret.notFound,destination.s3.bucket.invalid")
    }

    @Test
    func aSpecThatWorkHasBegunOnCannotChange() async throws {
        let changed = goodSpec.replacing("orders", with: "other")
        let answer = try await decide(
            review(
                backup(changed), old: backup(goodSpec, status: #"{"phase":"Uploading"}"#), operation: "UPDATE"), .mutate
        )
        #expect(!answer.response.allowed)
        #expect(answer.response.status?.details?.causes?.map(\.field) == ["spec"])
    }

    @Test
    func aReplacedObjectGetsItsDefaultsBackThoughWorkHasBegun() async throws {
        let bare = #"{"clusterRef":"orders","destination":{"provider":"s3","s3":{"bucket":"backups","region":"r"}}}"#
        let full =
            #"{"clusterRef":"orders","destination":{"provider":"s3","s3":{"bucket":"backups","region":"r"}},"#
            + #""snapshotTimeout":"10m","retention":{"retainCount":0}}"#
        let answer = try await decide(
            review(backup(bare), old: backup(full, status: #"{"phase":"Completed"}"#), operation: "UPDATE"), .mutate)
        #expect(answer.response.allowed)
        #expect(
            try answer.response.patchText == """
                [{"op":"add","path":"/spec/snapshotTimeout","value":"10m"},\
                {"op":"add","path":"/spec/retention","value":{"retainCount":0}}]
                """)
    }

    @Test
    func theVersionOfAFinishedRestoreIsNotFilledInLater() async throws {
        let spec =
            #"{"source":{"backupRef":{"name":"nightly"}},"target":{"name":"copy","size":1},"restoreTimeout":"10m"}"#
        let old = restore(spec, status: #"{"phase":"Completed"}"#)
        let body = review(
            restore(spec, status: #"{"phase":"Completed"}"#), old: old, kind: "EtcdRestore", operation: "UPDATE")
        #expect(try await decide(body, .mutate) == silentYes)
    }
}
