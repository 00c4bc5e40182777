import EtcdRecoverModel
import FoundationEssentials
import Testing

@testable import Admission

/// A member that waits is better than one that starts empty.
struct InjectionRefusalTests {
    private func refusal(
        _ pod: String = memberPod(), asking world: InjectionWorld = InjectionWorld(), image: String? = "etcdrecover:1"
    ) async throws -> String {
        let (response, outcome) = try await inject(pod, asking: world, image: image)
        #expect(outcome == .refused)
        #expect(!response.allowed)
        #expect(response.patch == nil)
        #expect(response.status?.code == 403)
        return response.status?.message ?? ""
    }

    private func refusal(_ change: (inout EtcdRestore) -> Void) async throws -> String {
        try await refusal(asking: InjectionWorld(restores: .found([InjectionWorld.restore(change)])))
    }

    @Test func restoresThatAreNotUnderWay() async throws {
        #expect(try await refusal { $0.status?.phase = .failed }.contains("is Failed"))
        #expect(try await refusal { $0.status?.phase = .completed }.contains("is Completed"))
        #expect(
            try await refusal { $0.metadata.deletionTimestamp = Timestamp(rawValue: "x") }.contains("being deleted"))
        #expect(try await refusal { $0.metadata.uid = "another" }.contains(restoreUID))
        #expect(try await refusal { $0.metadata.name = "other" }.contains("prod/back"))
        #expect(try await refusal(asking: InjectionWorld(restores: .found([]))).contains("prod/back"))
        #expect(try await refusal(asking: InjectionWorld(restores: .absent)).contains("prod/back"))
        #expect(try await refusal(asking: InjectionWorld(restores: .unavailable("503"))).contains("503"))
    }

    @Test func snapshotsThatAreNotProved() async throws {
        #expect(try await refusal { $0.status?.snapshotLocation = nil }.contains("status.snapshotLocation"))
        #expect(try await refusal { $0.status = nil }.contains("status.snapshotLocation"))
        #expect(try await refusal { $0.status?.snapshotLocation = "s3://elsewhere/a" }.contains("s3://elsewhere/a"))
        #expect(try await refusal { $0.status?.snapshotLocation = "gs://backups/a" }.contains("gs://backups/a"))
        #expect(try await refusal(asking: InjectionWorld(backup: .absent)).contains("nightly"))
        #expect(try await refusal(asking: InjectionWorld(backup: .unavailable("timeout"))).contains("timeout"))
    }

    @Test func podsThatCannotBeServed() async throws {
        #expect(try await refusal(memberPod(name: "orders-backup-x7")).contains("no member"))
        #expect(try await refusal(memberPod(name: "other-0")).contains("no member"))
        #expect(
            try await refusal(memberPod(etcd: #"{"name": "a", "image": "a"}, {"name": "b", "image": "b"}"#))
                .contains("no container that runs etcd"))
        #expect(
            try await refusal(memberPod(etcd: #"{"name": "etcd", "args": ["--config-file=/c.yaml"]}"#)).contains(
                "/c.yaml"))
        #expect(
            try await refusal(memberPod(spec: #""securityContext": {"runAsNonRoot": true}"#)).contains("set runAsUser"))
        #expect(
            try await refusal(memberPod(spec: #""initContainers": [{"name": "etcdrecover-agent", "image": "x"}]"#))
                .contains("not of EtcdRestore prod/back"))
        #expect(try await refusal("{}").contains("no member"))
        #expect(try await refusal("null").contains("no member"))
        #expect(try await refusal(image: nil).contains("--agent-image"))
    }

    @Test func otherKinds() async throws {
        let body = podReview(memberPod(), kind: #"{"group":"apps","version":"v1","kind":"StatefulSet"}"#)
        let (decision, outcome) = try await MemberInjection(image: "i").review(
            body, for: injectionTarget, asking: InjectionWorld())
        #expect(outcome == .refused)
        #expect(decision.review.response.status?.message?.contains("StatefulSet") == true)
    }

    @Test func whatIsNoReview() async throws {
        for body in ["", "{}", "[]", #"{"kind":"Pod"}"#, "\u{FF}"] {
            await #expect(throws: UnreadableReview.self) {
                try await MemberInjection(image: "i").review(
                    Data(body.utf8), for: injectionTarget, asking: InjectionWorld())
            }
        }
        let old = #"{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1beta1","request":{"uid":"7"}}"#
        let (decision, outcome) = try await MemberInjection(image: "i").review(
            Data(old.utf8), for: injectionTarget, asking: InjectionWorld())
        #expect(outcome == .refused)
        #expect(!decision.review.response.allowed)
    }

    @Test func theRestoresOfALocationNeedNoBackup() async throws {
        let restore = InjectionWorld.restore {
            $0.spec?.source = .init(
                location: .init(
                    destination: Destination(provider: .gcs, gcs: .init(bucket: "b")), key: "a/b.db"),
                skipHashCheck: true)
            $0.status?.snapshotLocation = "gs://b/p/a/b.db"
        }
        let order = try RestoreOrder(of: restore, from: nil)
        #expect(order.key == "p/a/b.db")
        #expect(order.skipHashCheck)
        #expect(order.sha256 == nil)
    }
}
