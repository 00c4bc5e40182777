import EtcdRecoverModel
import FoundationEssentials
import Testing

@testable import Admission

/// Pods of a cluster that is rebuilt from what one of its members knew.
struct RecoveryInjectionTests {
    private func agent(
        in pod: String = memberPod(), _ change: (inout EtcdRecovery) -> Void = { _ in }
    ) async throws -> (container: JSONValue, pod: JSONValue) {
        let world = InjectionWorld(recoveries: .found([InjectionWorld.recovery(change)]))
        let (response, outcome) = try await inject(pod, for: recoveryTarget, asking: world)
        #expect(outcome == .injected, "\(response.status?.message ?? "")")
        let patched = try response.applied(to: pod)
        return (try #require(patched["spec"]?["initContainers"]?.named("etcdrecover-agent")), patched)
    }

    private func order(_ container: JSONValue) throws -> RestoreOrder {
        let variable = try #require(container["env"]?.named(AgentVariable.order)?["value"]?.string)
        return try RestoreOrder(json: variable.expandingReferences { _ in nil })
    }

    private func refusal(
        _ pod: String = memberPod(), _ change: (inout EtcdRecovery) -> Void
    ) async throws -> String {
        let world = InjectionWorld(recoveries: .found([InjectionWorld.recovery(change)]))
        let (response, outcome) = try await inject(pod, for: recoveryTarget, asking: world)
        #expect(outcome == .refused)
        #expect(!response.allowed)
        return response.status?.message ?? ""
    }

    private let secretKey = "ETCDRECOVER_S3_SECRET_ACCESS_KEY"
    private let bare = #"{"name": "etcd", "image": "etcd", "args": ["--data-dir=/data"]}"#

    @Test func theFirstMemberIsToldOfTheSurvivorsRescueCopy() async throws {
        let (container, _) = try await agent()
        #expect(
            try order(container)
                == RestoreOrder(
                    restore: .init(namespace: "prod", name: "lost", uid: recoveryTarget.uid, generation: 2),
                    destination: Destination(
                        provider: .s3, prefix: "rescue", secretRef: .init(name: "keys"),
                        s3: .init(bucket: "backups", region: "eu-central-1")),
                    key: "rescue/orders/lost-2.db", sha256: "cd34", revision: 4711, timeout: "15m",
                    mountPaths: ["/var/lib/etcd"], recovery: RecoveryOrder(), expires: 1_001_500))
        #expect(container["env"]?.named(secretKey) != nil)
        let (scaling, _) = try await agent { $0.status?.phase = .scalingOut }
        // Whoever has lost what was laid since is not laid again: the cluster takes writes.
        var rebuilt = try order(container)
        rebuilt.recovery?.isRebuilt = true
        #expect(try order(scaling) == rebuilt)
        // It was approved, and is brought to its end.
        let (leaving, _) = try await agent { $0.metadata.deletionTimestamp = Timestamp(rawValue: "x") }
        #expect(try order(leaving) == order(container))
        let (plainest, _) = try await agent {
            $0.status?.attempts = nil
            $0.spec?.recoveryTimeout = nil
        }
        #expect(try order(plainest).restore.generation == 1)
        #expect(try order(plainest).timeout == "10m")
    }

    @Test func anApprovalLaterOnMakesNoOtherOrderAndAnotherAttemptDoes() async throws {
        let first = try order(try await agent().container)
        #expect(try order(try await agent { $0.metadata.generation = 5 }.container) == first)
        #expect(try order(try await agent { $0.status?.attempts = 3 }.container).restore != first.restore)
    }

    @Test func laterMembersJoinWithoutCredentials() async throws {
        let (container, _) = try await agent(in: memberPod(name: "orders-2"))
        #expect(container["env"]?.named(secretKey) == nil)
        #expect(try order(container).recovery == RecoveryOrder())
        let (response, outcome) = try await inject(
            memberPod(name: "orders-1", etcd: bare, volumes: nil), for: recoveryTarget)
        #expect(outcome == .unchanged)
        #expect(response.patch == nil)
    }

    @Test func everyMemberOfAPlainStatefulSetIsLaid() async throws {
        let plain: (inout EtcdRecovery) -> Void = { $0.status?.layout = .plain }
        for name in ["orders-0", "orders-2"] {
            let (container, _) = try await agent(in: memberPod(name: name), plain)
            #expect(container["env"]?.named(secretKey) != nil)
            #expect(try order(container).recovery == RecoveryOrder(laysAllMembers: true))
        }
        let (container, pod) = try await agent(in: memberPod(name: "orders-1", etcd: bare, volumes: nil), plain)
        #expect(container["volumeMounts"]?[0] == ["name": "etcdrecover-data", "mountPath": "/data"])
        #expect(pod["spec"]?["volumes"]?.named("etcdrecover-data") != nil)
    }

    @Test func whatIsOnTheFirstMembersVolumeNeedsNoStore() async throws {
        let fromVolume: (inout EtcdRecovery) -> Void = {
            $0.status?.survivor = .init(name: "orders-0")
            $0.status?.survivor?.fromVolume = true
            $0.status?.rescueCopies = nil
            $0.spec?.destination = nil
        }
        let (container, _) = try await agent(fromVolume)
        let order = try order(container)
        #expect(order.recovery == RecoveryOrder(takesOwnDatabase: true))
        #expect(order.key.isEmpty)
        #expect(container["env"]?.named(secretKey) == nil)
        // Where there is a destination, its keys stay away all the same.
        let (other, _) = try await agent {
            let destination = $0.spec?.destination
            fromVolume(&$0)
            $0.spec?.destination = destination
        }
        #expect(other["env"]?.named(secretKey) == nil)
        let elsewhere = try await refusal {
            fromVolume(&$0)
            $0.status?.survivor?.name = "orders-1"
        }
        #expect(elsewhere.contains("EtcdRecovery lost") && elsewhere.contains("orders-1"), "\(elsewhere)")
        let plain = try await refusal {
            fromVolume(&$0)
            $0.status?.layout = .plain
        }
        #expect(plain.contains("EtcdRecovery lost"), "\(plain)")
    }

    private let onVolume: @Sendable (inout EtcdRecovery) -> Void = {
        $0.spec?.destination = nil
        $0.status?.rescueServer = .init(url: "https://rescue.test:8444", caBundle: "ca")
        $0.status?.rescueCopies?[1].location = "controller:///prod/uid/orders-2.db"
    }

    @Test func aCopyOnTheControllersVolumeComesFromTheController() async throws {
        let (container, pod) = try await agent(onVolume)
        let order = try order(container)
        #expect(order.rescue == .init(url: "https://rescue.test:8444", caBundle: "ca"))
        #expect(order.key == "prod/uid/orders-2.db" && order.sha256 == "cd34" && order.revision == 4711)
        #expect(order.destination == Destination())
        #expect(container["env"]?.named(secretKey) == nil)
        let token: JSONValue = [
            "serviceAccountToken": ["audience": "etcdrecover-rescue", "expirationSeconds": 3600, "path": "token"]
        ]
        let volume = pod["spec"]?["volumes"]?.named("etcdrecover-rescue-token")
        #expect(volume?["projected"]?["sources"] == [token])
        #expect(
            container["volumeMounts"]?.named("etcdrecover-rescue-token") == [
                "name": "etcdrecover-rescue-token", "mountPath": "/var/run/secrets/etcdrecover-rescue",
                "readOnly": true,
            ])
        // Nobody else in the pod has it.
        #expect(pod["spec"]?["containers"]?[0]?["volumeMounts"]?.named("etcdrecover-rescue-token") == nil)
    }

    @Test func whoIsNotLaidGetsNoTokenForTheController() async throws {
        let (_, joining) = try await agent(in: memberPod(name: "orders-1"), onVolume)
        #expect(joining["spec"]?["volumes"]?.named("etcdrecover-rescue-token") == nil)
        let (_, plain) = try await agent(in: memberPod(name: "orders-1")) {
            onVolume(&$0)
            $0.status?.layout = .plain
        }
        #expect(plain["spec"]?["volumes"]?.named("etcdrecover-rescue-token") != nil)
        let (_, stored) = try await agent()
        #expect(stored["spec"]?["volumes"]?.named("etcdrecover-rescue-token") == nil)
        let text = try await refusal {
            onVolume(&$0)
            $0.status?.rescueServer = nil
        }
        #expect(text.contains("status.rescueServer"), "\(text)")
    }

    @Test func recoveriesThatDoNotRebuild() async throws {
        for phase in EtcdRecovery.Phase.all where phase != .rebuilding && phase != .scalingOut {
            let text = try await refusal { $0.status?.phase = phase }
            #expect(text.contains("EtcdRecovery lost is \(phase.rawValue)"), "\(text)")
        }
        #expect(try await refusal { $0.status = nil }.contains("EtcdRecovery lost is new"))
        #expect(try await refusal { $0.metadata.uid = "another" }.contains("no EtcdRecovery prod/lost of UID"))
        #expect(try await refusal { $0.status?.survivor = nil }.contains("status.survivor"))
        #expect(try await refusal { $0.status?.survivor?.name = "orders-0" }.contains("rescue copy of orders-0"))
        #expect(try await refusal { $0.status?.rescueCopies = nil }.contains("status.rescueCopies"))
        #expect(try await refusal { $0.spec?.destination?.s3?.bucket = "else" }.contains("s3://backups/"))
        #expect(try await refusal { $0.spec?.destination = nil }.contains("EtcdRecovery lost"))
        #expect(try await refusal { $0.spec?.clusterRef = "other" }.contains("no member of it"))
    }

    @Test func recoveriesThatCannotBeLookedUp() async throws {
        for (recoveries, text) in [
            (.found([]), "prod/lost"), (.absent, "no EtcdRecovery prod/lost"), (.unavailable("503"), "503"),
        ] as [(LookedUp<[EtcdRecovery]>, String)] {
            let (response, outcome) = try await inject(
                for: recoveryTarget, asking: InjectionWorld(recoveries: recoveries))
            #expect(outcome == .refused)
            #expect(response.status?.message?.contains(text) == true)
        }
    }

    @Test func anAgentOfARestoreIsNotTheRecoverys() async throws {
        let (response, _) = try await inject()
        let restored = try response.applied(to: memberPod())
        let text = try await refusal(String(decoding: restored.jsonBytes, as: UTF8.self)) { _ in }
        #expect(text.contains("not of EtcdRecovery prod/lost"), "\(text)")
        let (_, pod) = try await agent()
        let (_, again) = try await inject(String(decoding: pod.jsonBytes, as: UTF8.self), for: recoveryTarget)
        #expect(again == .unchanged)
    }
}
