import Admission
import EtcdRecoverModel
import FoundationEssentials
import TestSupport
import Testing

extension EndToEnd.Installed {
    /// The init container of a restored member, as a real API server gets it from the webhook. No pod has to run.
    @Suite struct Injection {
        @Test func `a member's pod gets the agent while its restore is under way, and no other pod does`() async throws
        {
            try await Kubectl.withPreparedNamespace { kubectl in
                let target = try await kubectl.restoreUnderWay(into: "fresh")
                let before = try await kubectl.dryRun(MemberManifest.pod("fresh-0"))
                #expect(before.agent == nil, "nothing is armed yet")

                try await kubectl.arm(target, cluster: "fresh")
                let pod = try await persistently { try await kubectl.dryRun(MemberManifest.pod("fresh-0")).injected }
                let probe = InjectionProbe(
                    cluster: "fresh", namespace: target.object.namespace,
                    labels: InjectorConfiguration.labels(ofCluster: "fresh"))
                #expect(!probe.carriesAgent(for: target))
                let answer = try await kubectl.create(
                    String(decoding: try JSONEncoder.plain.encode(probe), as: UTF8.self))
                #expect(
                    try JSONDecoder().decode(InjectionProbe.self, from: Data(answer.output.utf8))
                        .carriesAgent(for: target), "\(answer.errors)")
                let agent = try #require(pod.agent)
                #expect(agent.image == "etcdrecover:0.1.0")
                #expect(agent.args?.prefix(2) == ["agent", "--"])
                let etcd = try #require(pod.spec.containers.first { $0.name == "etcd" })
                #expect(agent.volumeMounts?.first == etcd.volumeMounts?.first)
                let tokenPath = "/var/run/secrets/kubernetes.io/serviceaccount"
                #expect(etcd.volumeMounts?.first { $0.mountPath == tokenPath } != nil, "etcd's own stays")
                #expect(
                    agent.volumeMounts?.filter { $0.mountPath == tokenPath }.map(\.name) == ["etcdrecover-no-token"])

                let plain = try await kubectl.dryRun(MemberManifest.pod("other-0", cluster: "other"))
                #expect(plain.agent == nil)
                try await Kubectl.withNamespace(on: kubectl.cluster) { elsewhere in
                    let same = try await persistently { try await elsewhere.dryRun(MemberManifest.pod("fresh-0")) }
                    #expect(same.agent == nil, "a pod of the same labels in another namespace")
                }
                let stray = try await kubectl.refusal(MemberManifest.pod("fresh-backup-x7"))
                #expect(stray.contains("is no member of it"), "\(stray)")

                // As one who updates the installation meanwhile.
                try await kubectl.apply(
                    """
                    apiVersion: admissionregistration.k8s.io/v1
                    kind: MutatingWebhookConfiguration
                    metadata:
                      name: etcdrecover-member-injector
                      labels: {app.kubernetes.io/name: etcdrecover, app.kubernetes.io/component: webhook}
                    """)
                #expect(try await kubectl.dryRun(MemberManifest.pod("fresh-0")).agent != nil)

                try await kubectl.setStatus("etcdrestore/back", #"{"phase": "Failed"}"#)
                let over = try await kubectl.refusal(MemberManifest.pod("fresh-0"))
                #expect(over.contains("is Failed"), "\(over)")

                try await kubectl.disarm(target)
                _ = try await persistently {
                    try await kubectl.dryRun(MemberManifest.pod("fresh-0")).agent == nil ? true : nil
                }
                #expect(try await kubectl.injector().webhooks ?? [] == [])
            }
        }

        @Test func `without an answer of the webhook a member waits`() async throws {
            try await Kubectl.withPreparedNamespace { kubectl in
                let target = try await kubectl.restoreUnderWay(into: "fresh")
                try await kubectl.arm(target, cluster: "fresh", at: "https://127.0.0.1:\(try freePort())/mutate")
                let refusal = try await persistently {
                    let result = try await kubectl.create(MemberManifest.pod("fresh-0"))
                    return result.succeeded ? nil : result.errors
                }
                #expect(refusal.contains("failed calling webhook"), "\(refusal)")
                try await kubectl.disarm(target)
            }
        }
    }
}

/// As the etcd-operator makes its pods.
enum MemberManifest {
    static func pod(_ name: String, cluster: String = "fresh") -> String {
        """
        apiVersion: v1
        kind: Pod
        metadata: {name: \(name), labels: {app: \(cluster), controller: \(cluster)}}
        spec:
          containers:
          - name: etcd
            image: etcd:1
            command: [/usr/local/bin/etcd]
            args: [--name=$(POD_NAME), --data-dir=/var/lib/etcd]
            env:
            - {name: POD_NAME, valueFrom: {fieldRef: {fieldPath: metadata.name}}}
            volumeMounts:
            - {name: etcd-data, mountPath: /var/lib/etcd, subPathExpr: $(POD_NAME)}
          volumes:
          - {name: etcd-data, emptyDir: {}}
        """
    }
}

/// What an API server made of a pod.
struct AdmittedPod: Decodable, Sendable {
    struct Spec: Decodable, Sendable {
        let initContainers: [Container]?
        let containers: [Container]
    }
    let spec: Spec

    var agent: Container? { spec.initContainers?.first { $0.name == "etcdrecover-agent" } }
    var injected: AdmittedPod? { agent == nil ? nil : self }
}

extension Kubectl {
    /// An EtcdRestore `back` as the controller has left it when it arms.
    func restoreUnderWay(into cluster: String) async throws -> InjectionTarget {
        try await completedBackup("nightly")
        try await apply(
            """
            apiVersion: operator.etcd.io/v1alpha1
            kind: EtcdRestore
            metadata: {name: back}
            spec:
              source: {backupRef: {name: nightly}}
              target: {name: \(cluster), version: v3.5.21}
            """)
        let bucket = try await output("get", "etcdbackup/nightly", "-o", "jsonpath={.spec.destination.s3.bucket}")
        try await setStatus(
            "etcdrestore/back", #"{"phase": "Downloading", "snapshotLocation": "s3://\#(bucket)/main/nightly.db"}"#)
        let uid = try await output("get", "etcdrestore/back", "-o", "jsonpath={.metadata.uid}")
        return InjectionTarget(
            kind: .restore, object: ObjectName(namespace: namespace ?? "default", name: "back"), uid: uid)
    }

    func injector(named name: String = InjectorConfiguration.name) async throws -> InjectorConfiguration {
        let text = try await output("get", "mutatingwebhookconfiguration", name, "-o", "json")
        return try JSONDecoder().decode(InjectorConfiguration.self, from: Data(text.utf8))
    }

    /// - Parameter url: of another webhook than ours.
    func arm(_ target: InjectionTarget, cluster: String, at url: String? = nil) async throws {
        guard var reached = try await injector(named: "etcdrecover-mutating").webhooks?.first?.clientConfig else {
            throw MissingPart("etcdrecover-mutating has no webhook")
        }
        if let url { reached.url = url }
        let label = try await output(
            "get", "namespace", target.object.namespace, "-o",
            #"jsonpath={.metadata.labels.kubernetes\.io/metadata\.name}"#)
        let webhook = InjectorConfiguration.Webhook(
            for: target, labels: InjectorConfiguration.labels(ofCluster: cluster), isNamespaceLabelled: !label.isEmpty,
            reached: reached)
        try await patchInjector(try await injector().arming(webhook))
        #expect(try await injector().arming(webhook) == nil, "what the API server stored is what was meant")
    }

    func disarm(_ target: InjectionTarget) async throws {
        try await patchInjector(try await injector().disarming(target.kind) { $0 == target.uid })
    }

    private func patchInjector(_ operations: [JSONPatchOperation]?) async throws {
        let patch = String(decoding: try JSONEncoder.plain.encode(operations ?? []), as: UTF8.self)
        try await output(
            "patch", "mutatingwebhookconfiguration", InjectorConfiguration.name, "--type=json", "--patch", patch)
    }

    func create(_ manifest: String) async throws -> Command.Result {
        try await run("create", "--dry-run=server", "-o", "json", "-f", "-", input: manifest)
    }

    func dryRun(_ manifest: String) async throws -> AdmittedPod {
        let result = try await create(manifest)
        guard result.succeeded else { throw MissingPart(result.errors) }
        return try JSONDecoder().decode(AdmittedPod.self, from: Data(result.output.utf8))
    }

    func refusal(_ manifest: String) async throws -> String {
        let result = try await create(manifest)
        #expect(!result.succeeded)
        return result.errors
    }
}

/// Waits until there is a value; errors may pass.
func persistently<Value: Sendable>(_ body: @Sendable () async throws -> Value?) async throws -> Value {
    var last = ""
    return try await eventually("value") {
        do { return try await body() } catch {
            last = ": \(error)"
            return nil
        }
    } details: {
        last
    }
}

extension JSONEncoder {
    /// kubectl reads it as YAML, which has no escaped slashes.
    static var plain: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .withoutEscapingSlashes
        return encoder
    }
}
