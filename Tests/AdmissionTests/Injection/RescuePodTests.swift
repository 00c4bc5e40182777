import EtcdRecoverModel
import FoundationEssentials
import Testing

@testable import Admission

/// A pod beside a member whose etcd does not run, which saves what is on its volume.
struct RescuePodTests {
    private static let destination = Destination(
        provider: .s3, secretRef: .init(name: "keys"), s3: .init(bucket: "backups", region: "eu-central-1"))

    private func member(_ spec: JSONValue) -> WholePod {
        var metadata = ObjectMeta(
            name: "orders-2", namespace: "prod", labels: ["app": "orders", "apps.kubernetes.io/pod-index": "2"])
        metadata.uid = "pod-uid"
        return WholePod(metadata: metadata, spec: spec)
    }

    private let spec: JSONValue = [
        "nodeName": "node-7", "serviceAccountName": "orders", "hostNetwork": true,
        "tolerations": [["key": "db", "operator": "Exists"]], "imagePullSecrets": [["name": "pull"]],
        "securityContext": ["runAsUser": 999, "fsGroup": 999],
        "volumes": [
            ["name": "etcd-data", "persistentVolumeClaim": ["claimName": "etcd-data-orders-2"]],
            ["name": "certs", "secret": ["secretName": "orders-server-tls"]],
        ],
        "containers": [
            ["name": "sidecar", "image": "sidecar"],
            [
                "name": "etcd", "image": "etcd", "args": ["--name=$(POD_NAME)", "--data-dir=/data/$(POD_NAME)"],
                "env": [
                    ["name": "POD_NAME", "valueFrom": ["fieldRef": ["fieldPath": "metadata.name"]]],
                    [
                        "name": "INDEX",
                        "valueFrom": ["fieldRef": ["fieldPath": "metadata.labels['apps.kubernetes.io/pod-index']"]],
                    ],
                    ["name": "IP", "valueFrom": ["fieldRef": ["fieldPath": "status.podIP"]]],
                ],
                "volumeMounts": [
                    ["name": "etcd-data", "mountPath": "/data", "subPathExpr": "$(POD_NAME)"],
                    ["name": "certs", "mountPath": "/certs"],
                ],
            ],
        ],
    ]

    private func pod(_ spec: JSONValue) throws -> WholePod {
        let recovery = InjectionWorld.recovery()
        return try WholePod(
            beside: member(spec), of: "orders",
            for: RestoreOrder(saving: "rescue/orders-2.db", in: Self.destination, for: recovery), image: "our/image",
            recovery: recovery)
    }

    @Test func itHasTheMembersVolumeReadOnlyAndNothingElseOfIt() throws {
        let pod = try pod(spec)
        #expect(pod.metadata.name == "orders-2-rescue-7c1e1c5e")
        #expect(pod.metadata.namespace == "prod")
        #expect(pod.metadata.labels?["app"] == nil, "nobody may take it for a member")
        #expect(pod.metadata.ownerReferences?.map(\.uid) == [recoveryTarget.uid])
        #expect(pod.spec["nodeName"] == "node-7" && pod.spec["serviceAccountName"] == "orders")
        #expect(pod.spec["tolerations"]?[0]?["key"] == "db" && pod.spec["imagePullSecrets"]?[0]?["name"] == "pull")
        #expect(pod.spec["hostNetwork"] == nil && pod.spec["automountServiceAccountToken"] == false)
        #expect(pod.spec["restartPolicy"] == "Never" && pod.spec["activeDeadlineSeconds"] == 900)
        #expect(pod.spec["volumes"].elements.map { $0["name"] } == ["etcd-data"])
        let containers = pod.spec["containers"].elements
        #expect(containers.count == 1)
        let container = try #require(containers.first)
        #expect(container["image"] == "our/image")
        #expect(
            container["volumeMounts"].elements == [
                ["name": "etcd-data", "mountPath": "/data", "subPathExpr": "$(POD_NAME)", "readOnly": true]
            ])
        #expect(container["securityContext"]?["readOnlyRootFilesystem"] == true)
    }

    @Test func whatVariablesSayOfThePodTheySayOfTheMembers() throws {
        let environment = try #require(try pod(spec).spec["containers"]?[0]?["env"])
        #expect(environment.named("POD_NAME") == ["name": "POD_NAME", "value": "orders-2"])
        #expect(environment.named(AgentVariable.podName)?["value"] == "orders-2")
        #expect(environment.named("INDEX") == ["name": "INDEX", "value": "2"])
        #expect(environment.named("IP")?["valueFrom"] != nil)
        #expect(environment.named("ETCDRECOVER_S3_SECRET_ACCESS_KEY")?["valueFrom"]?["secretKeyRef"]?["name"] == "keys")
        let text = environment.named(AgentVariable.order)?["value"]?.string ?? ""
        let order = try RestoreOrder(json: text.expandingReferences { _ in nil })
        #expect(order.saves && !order.lays(0) && !order.downloads(at: 0))
        #expect(order.key == "rescue/orders-2.db" && order.mountPaths == ["/data"])
    }

    @Test func withoutAVolumeThereIsNothingToRead() {
        guard case .object(var bare) = spec else { return }
        bare["volumes"] = [["name": "certs", "secret": ["secretName": "orders-server-tls"]]]
        #expect(throws: InjectionRefusal.self) { try pod(.object(bare)) }
    }

    /// Once the copy is there it is laid as any other, whoever's it is.
    @Test(arguments: [EtcdRecovery.Layout.pods, .plain])
    func theCopyOfAVolumeIsLaidAsAnyOther(_ layout: EtcdRecovery.Layout) async throws {
        let recovery = InjectionWorld.recovery {
            $0.status?.survivor?.fromVolume = true
            $0.status?.layout = layout
        }
        let order = try RestoreOrder(of: recovery)
        #expect(order.key == "rescue/orders/lost-2.db" && order.recovery?.takesOwnDatabase == false)
        #expect(order.recovery?.laysAllMembers == (layout == .plain))
    }
}
