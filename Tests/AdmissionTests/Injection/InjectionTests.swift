import EtcdRecoverModel
import FoundationEssentials
import Testing

@testable import Admission

struct InjectionTests {
    private func agent(
        in pod: String = memberPod(), asking world: InjectionWorld = InjectionWorld()
    ) async throws -> (container: JSONValue, pod: JSONValue) {
        let (response, outcome) = try await inject(pod, asking: world)
        #expect(outcome == .injected, "\(response.status?.message ?? "")")
        #expect(response.patchType == "JSONPatch")
        let patched = try response.applied(to: pod)
        return (try #require(patched["spec"]?["initContainers"]?.named("etcdrecover-agent")), patched)
    }

    private func order(_ container: JSONValue) throws -> RestoreOrder {
        let variable = try #require(container["env"]?.named(AgentVariable.order)?["value"]?.string)
        return try RestoreOrder(json: variable.expandingReferences { _ in nil })
    }

    @Test func theFirstMemberGetsTheAgentWithAllThatItsEtcdHas() async throws {
        let (container, pod) = try await agent()
        #expect(container["image"] == "etcdrecover:1")
        #expect(
            container["args"] == [
                "agent", "--", "/usr/local/bin/etcd", "--name=$(POD_NAME)", "--listen-client-urls=http://0.0.0.0:2379",
                "--initial-advertise-peer-urls=http://$(POD_NAME).orders.$(POD_NAMESPACE).svc.cluster.local:2380",
            ])
        #expect(container["command"] == nil)
        #expect(container["envFrom"] == [["configMapRef": ["name": "orders-state"]]])
        #expect(container["env"]?.named("POD_NAME") == pod["spec"]?["containers"]?[0]?["env"]?.named("POD_NAME"))
        #expect(
            container["env"]?.named(AgentVariable.podName)?["valueFrom"] == ["fieldRef": ["fieldPath": "metadata.name"]]
        )
        #expect(
            container["volumeMounts"]?[0]
                == ["name": "etcd-data", "mountPath": "/var/lib/etcd", "subPathExpr": "$(POD_NAME)"])
        #expect(
            container["securityContext"] == [
                "allowPrivilegeEscalation": false, "readOnlyRootFilesystem": true, "capabilities": ["drop": ["ALL"]],
                "seccompProfile": ["type": "RuntimeDefault"], "runAsUser": 0,
            ])
        #expect(
            container["resources"] == [
                "requests": ["cpu": "100m", "memory": "64Mi"], "limits": ["memory": "256Mi"],
            ])
        #expect(container["terminationMessagePolicy"] == "FallbackToLogsOnError")
        #expect(
            try order(container)
                == RestoreOrder(
                    restore: .init(namespace: "prod", name: "back", uid: restoreUID, generation: 2),
                    destination: Destination(
                        provider: .s3, prefix: "etcd", secretRef: .init(name: "keys"),
                        s3: .init(bucket: "backups", region: "eu-central-1")),
                    key: "etcd/orders/nightly-20261121T100000Z.db", sha256: "ab12", revision: 77, revisionBump: 1000,
                    version: "v3.5.21", timeout: "5m", mountPaths: ["/var/lib/etcd"],
                    expires: 1_000_900))
        #expect(
            pod["spec"]?["containers"]?[0] == (try JSONDecoder().decode(JSONValue.self, from: Data(operatorEtcd.utf8))))
    }

    @Test func credentialsComeFromTheSecretForThisContainerAlone() async throws {
        let (container, pod) = try await agent()
        let expected = [
            ("ETCDRECOVER_S3_ACCESS_KEY_ID", "accessKeyID"), ("ETCDRECOVER_S3_SECRET_ACCESS_KEY", "secretAccessKey"),
            ("ETCDRECOVER_S3_SESSION_TOKEN", "sessionToken"),
        ]
        for (variable, key) in expected {
            #expect(
                container["env"]?.named(variable)?["valueFrom"] == [
                    "secretKeyRef": ["name": "keys", "key": .string(key), "optional": true]
                ])
            #expect(pod["spec"]?["containers"]?[0]?["env"]?.named(variable) == nil)
        }
    }

    @Test func nothingButEmptinessIsMountedWhereATokenWouldBe() async throws {
        let (container, pod) = try await agent()
        #expect(
            container["volumeMounts"]?[1] == [
                "name": "etcdrecover-no-token", "mountPath": "/var/run/secrets/kubernetes.io/serviceaccount",
                "readOnly": true,
            ])
        #expect(
            pod["spec"]?["volumes"]?.named("etcdrecover-no-token") == ["name": "etcdrecover-no-token", "emptyDir": [:]])
        let (without, _) = try await agent(in: memberPod(spec: #""automountServiceAccountToken": false"#))
        #expect(without["volumeMounts"]?[1] == nil)
    }

    @Test func aPodWithoutADataVolumeGetsAnEmptyOneInBothContainers() async throws {
        let etcd = #"{"name": "etcd", "args": ["--data-dir", "/data/etcd"], "image": "etcd"}"#
        let (container, pod) = try await agent(in: memberPod(etcd: etcd, volumes: nil))
        let mount: JSONValue = ["name": "etcdrecover-data", "mountPath": "/data/etcd"]
        #expect(container["volumeMounts"]?[0] == mount)
        #expect(pod["spec"]?["containers"]?[0]?["volumeMounts"] == [mount])
        #expect(pod["spec"]?["volumes"]?.named("etcdrecover-data") == ["name": "etcdrecover-data", "emptyDir": [:]])
        #expect(try order(container).mountPaths == ["/data/etcd"])
    }

    @Test func whatOnlyAConfigMapKnowsIsTakenForTheOperatorsDirectory() async throws {
        let etcd = #"{"name": "etcd", "image": "etcd", "envFrom": [{"configMapRef": {"name": "orders-state"}}]}"#
        let (container, _) = try await agent(in: memberPod(etcd: etcd, volumes: nil))
        #expect(try order(container).mountPaths == ["/var/lib/etcd"])
    }

    @Test func onlyVolumesThatHoldDataAreMounted() async throws {
        let etcd = """
            {"name": "etcd", "image": "etcd", "args": ["--data-dir=/bitnami/etcd/data", "--wal-dir=/wal/etcd"], "volumeMounts": [
             {"name": "certs", "mountPath": "/etc/etcd-certs/server"}, {"name": "data", "mountPath": "/bitnami/etcd"},
             {"name": "wal", "mountPath": "/wal", "subPath": "a"}, {"name": "api", "mountPath": "/var/run/secrets/x"}]}
            """
        let volumes = """
            [{"name": "certs", "secret": {"secretName": "s"}}, {"name": "data", "hostPath": {"path": "/srv"}},
             {"name": "wal", "emptyDir": {}}, {"name": "api", "projected": {"sources": []}}]
            """
        let (container, _) = try await agent(in: memberPod(etcd: etcd, volumes: volumes))
        #expect(container["volumeMounts"]?[0] == ["name": "data", "mountPath": "/bitnami/etcd"])
        #expect(container["volumeMounts"]?[1] == ["name": "wal", "mountPath": "/wal", "subPath": "a"])
        #expect(try order(container).mountPaths == ["/bitnami/etcd", "/wal"])
    }

    @Test func whatTheWebhookOfACloudGivesAPodIsTheAgentsToo() async throws {
        let etcd = """
            {"name": "etcd", "image": "etcd", "args": ["--data-dir=/data"],
             "env": [{"name": "AWS_WEB_IDENTITY_TOKEN_FILE", "value": "/var/run/secrets/eks.amazonaws.com/serviceaccount/token"}],
             "volumeMounts": [{"name": "data", "mountPath": "/data"},
              {"name": "aws", "mountPath": "/var/run/secrets/eks.amazonaws.com/serviceaccount", "readOnly": true}]}
            """
        let volumes = #"[{"name": "data", "emptyDir": {}}, {"name": "aws", "projected": {"sources": []}}]"#
        var backup = InjectionWorld.backup
        backup.spec?.destination?.secretRef = nil
        let (container, _) = try await agent(
            in: memberPod(etcd: etcd, volumes: volumes), asking: InjectionWorld(backup: .found(backup)))
        #expect(container["volumeMounts"]?.named("aws") != nil)
        #expect(try order(container).mountPaths == ["/data"])
        let (other, _) = try await agent(in: memberPod(etcd: etcd, volumes: volumes))
        #expect(other["volumeMounts"]?.named("aws") == nil)
    }

    @Test func itRunsAsEtcdDoes() async throws {
        let etcd = """
            {"name": "etcd", "image": "etcd", "args": ["--data-dir=/data"], "resources": {"limits": {"cpu": "1", "memory": "2Gi"}},
             "securityContext": {"runAsUser": 1001, "runAsNonRoot": true, "privileged": true, "capabilities": {"add": ["NET_ADMIN"]}}}
            """
        let (container, _) = try await agent(in: memberPod(etcd: etcd, volumes: nil))
        #expect(container["resources"] == ["limits": ["cpu": "1", "memory": "2Gi"]])
        #expect(
            container["securityContext"] == [
                "runAsUser": 1001, "runAsNonRoot": true, "allowPrivilegeEscalation": false,
                "readOnlyRootFilesystem": true, "capabilities": ["drop": ["ALL"]],
                "seccompProfile": ["type": "RuntimeDefault"],
            ])
        let (inPod, _) = try await agent(
            in: memberPod(
                spec:
                    #""securityContext": {"runAsUser": 7, "runAsNonRoot": true, "seccompProfile": {"type": "Localhost"}}"#
            ))
        #expect(inPod["securityContext"]?["runAsUser"] == nil)
        #expect(inPod["securityContext"]?["seccompProfile"] == nil)
    }

    @Test func otherInitContainersRunBefore() async throws {
        let (_, pod) = try await agent(in: memberPod(spec: #""initContainers": [{"name": "chown"}]"#))
        #expect(pod["spec"]?["initContainers"]?[0]?["name"] == "chown")
        #expect(pod["spec"]?["initContainers"]?[1]?["name"] == "etcdrecover-agent")
        #expect(pod["spec"]?["initContainers"]?[2] == nil)
    }

    @Test func aSecondLookChangesNothing() async throws {
        let (_, patched) = try await agent()
        let text = String(decoding: patched.jsonBytes, as: UTF8.self)
        let (response, outcome) = try await inject(text)
        #expect(outcome == .unchanged)
        #expect(response.allowed)
        #expect(response.patch == nil)
        let (other, refused) = try await inject(text, image: "another:1")
        #expect(refused == .refused)
        #expect(other.status?.message?.contains("etcdrecover-agent") == true)
    }

    @Test func aDollarInAKeyIsNoReference() async throws {
        var backup = InjectionWorld.backup
        backup.spec?.destination?.prefix = "$(POD_NAME)/$$"
        let world = InjectionWorld(
            restores: .found([
                InjectionWorld.restore { $0.status?.snapshotLocation = "s3://backups/$(POD_NAME)/$$/a b\"c.db" }
            ]), backup: .found(backup))
        let (container, _) = try await agent(asking: world)
        let value = try #require(container["env"]?.named(AgentVariable.order)?["value"]?.string)
        let seen = try RestoreOrder(json: value.expandingReferences { ["POD_NAME": "orders-0"][$0] })
        #expect(seen.key == "$(POD_NAME)/$$/a b\"c.db")
    }

    @Test func laterMembersAreLookedAtWithoutCredentials() async throws {
        let (container, _) = try await agent(in: memberPod(name: "orders-2"))
        #expect(container["env"]?.named("ETCDRECOVER_S3_SECRET_ACCESS_KEY") == nil)
        #expect(container["env"]?.named(AgentVariable.order) != nil)
        let etcd = #"{"name": "etcd", "image": "etcd", "args": ["--data-dir=/data"]}"#
        let (response, outcome) = try await inject(memberPod(name: "orders-1", etcd: etcd, volumes: nil))
        #expect(outcome == .unchanged)
        #expect(response.patch == nil)
    }

    @Test func podsOfOtherNamespacesAndOtherOperationsPass() async throws {
        let injection = MemberInjection(image: "i")
        for body in [
            podReview(memberPod(), namespace: "test"), podReview(memberPod(), operation: "DELETE"),
            podReview("null", operation: "CONNECT"),
        ] {
            let (decision, outcome) = try await injection.review(body, for: injectionTarget, asking: InjectionWorld())
            #expect(outcome == .passed)
            #expect(decision.review == AdmissionReviewResponse(response: .init(uid: "705ab4f5", allowed: true)))
        }
    }
}
