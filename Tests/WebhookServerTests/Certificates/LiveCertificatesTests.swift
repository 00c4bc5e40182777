import Cryptography
import EtcdRecoverModel
import FoundationEssentials
import Glibc
import KubernetesClient
import Logging
import TestSupport
import Testing

@testable import WebhookServer

/// The Secret and the configurations in a real API server.
@Suite(.needsCluster, .serialized, .timeLimit(.minutes(3)))
struct LiveCertificatesTests {
    struct Fixture: Sendable {
        let client: KubernetesClient
        let store: KubernetesCertificateStore
        let publisher: WebhookConfigurationPublisher
        let namespace: String
    }

    /// A namespace with an empty Secret, and two configurations of two webhooks each that match nothing.
    func withFixture(_ body: (Fixture) async throws -> Void) async throws {
        let name = "certificates-\(UInt32.random(in: 0...UInt32.max))"
        var flags = ConnectionFlags()
        flags.kubeconfig = try TestCluster.current.kubeconfig
        flags.namespace = name
        let client = try KubernetesClient(
            ClientConfiguration.load(flags, environment: [:], userAgent: "etcdrecover-tests"))
        let fixture = Fixture(
            client: client, store: KubernetesCertificateStore(client: client, namespace: name, name: "shared"),
            publisher: WebhookConfigurationPublisher(client: client, mutating: name, validating: name),
            namespace: name)
        try kubectl("create namespace \(name)")
        try kubectl("-n \(name) create secret generic shared")
        for kind in ["Mutating", "Validating"] { try apply(configuration(kind, name)) }
        let result: Result<Void, any Error>
        do {
            result = .success(try await body(fixture))
        } catch {
            result = .failure(error)
        }
        for object in ["namespace", "mutatingwebhookconfiguration", "validatingwebhookconfiguration"] {
            try kubectl("delete --wait=false --ignore-not-found \(object) \(name)")
        }
        await client.shutdown()
        try result.get()
    }

    func configuration(_ kind: String, _ name: String) -> String {
        let webhooks = ["a", "b"].map {
            """
            {"name": "\($0).example.org", "sideEffects": "None", "admissionReviewVersions": ["v1"],
             "failurePolicy": "Ignore", "timeoutSeconds": 7,
             "clientConfig": {"service": {"name": "nothing", "namespace": "default", "path": "/x", "port": 443}},
             "rules": [{"apiGroups": ["none.example.org"], "apiVersions": ["v1"], "operations": ["CREATE"],
             "resources": ["nothings"]}]}
            """
        }
        return """
            {"apiVersion": "admissionregistration.k8s.io/v1", "kind": "\(kind)WebhookConfiguration",
             "metadata": {"name": "\(name)"}, "webhooks": [\(webhooks.joined(separator: ","))]}
            """
    }

    @discardableResult
    func kubectl(_ arguments: String) throws -> String {
        let pipe = try #require(
            popen("kubectl --kubeconfig '\(TestCluster.current.kubeconfig)' \(arguments) 2>&1", "r"))
        var output: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4_096)
        while case let count = fread(&chunk, 1, chunk.count, pipe), count > 0 { output += chunk.prefix(count) }
        let text = String(decoding: output, as: UTF8.self)
        try #require(pclose(pipe) == 0, "kubectl \(arguments): \(text)")
        return text
    }

    func apply(_ manifest: String) throws {
        try kubectl("apply -f - << 'MANIFEST'\n\(manifest)\nMANIFEST\n")
    }

    @Test func aStaleWriteIsAConflictAndChangesNothing() async throws {
        try await withFixture { fixture in
            let empty = try await fixture.store.read()
            #expect(empty.data.isEmpty)
            try kubectl("-n \(fixture.namespace) label secret shared kept=yes")
            let change = SecretChange(set: ["a": [0, 255], "b": [1]])
            #expect(try await fixture.store.write(change, at: empty.version) == .conflict)
            let labelled = try await fixture.store.read()
            #expect(try await fixture.store.write(change, at: labelled.version) == .written)
            let written = try await fixture.store.read()
            #expect(written.data == ["a": [0, 255], "b": [1]])
            #expect(try await fixture.store.write(SecretChange(remove: ["b", "c"]), at: written.version) == .written)
            #expect(try await fixture.store.read().data == ["a": [0, 255]])
            #expect(
                try kubectl("-n \(fixture.namespace) get secret shared -o jsonpath={.metadata.labels.kept}") == "yes")
        }
    }

    @Test func bundlesArePublishedUnlessTheConfigurationHasChanged() async throws {
        try await withFixture { fixture in
            let authority = try CertificateAuthority.made(at: .now).certificate
            let pem = try SecretChange.pem([authority])
            let before = try await fixture.publisher.published()
            #expect(before.bundles == [[], [], [], []])
            #expect(before.missing == [])
            for configuration in before {
                #expect(try await fixture.publisher.publish(pem, to: configuration) == .written)
                #expect(try await fixture.publisher.publish(pem, to: configuration) == .conflict)
            }
            let after = try await fixture.publisher.published()
            #expect(after.bundles == Array(repeating: [authority], count: 4))
            #expect(zip(before, after).allSatisfy { $0.generation < $1.generation })
            // Applying the manifest again leaves the bundles, and the rest was never touched.
            for kind in ["Mutating", "Validating"] { try apply(configuration(kind, fixture.namespace)) }
            #expect(try await fixture.publisher.published().bundles == after.bundles)
            #expect(
                try kubectl(
                    "get mutatingwebhookconfiguration \(fixture.namespace) "
                        + "-o jsonpath='{.webhooks[*].timeoutSeconds} {.webhooks[*].clientConfig.service.path}'")
                    == "7 7 /x /x")
            try kubectl("delete validatingwebhookconfiguration/\(fixture.namespace)")
            let partly = try await fixture.publisher.published()
            #expect(partly.missing == ["ValidatingWebhookConfiguration \(fixture.namespace)"])
            #expect(try await fixture.publisher.publish(pem, to: after[1]) == .conflict)
        }
    }

    /// Lifetimes of seconds, three replicas, the real API: two rotations and more, each served certificate always
    /// verifiable with every bundle.
    @Test func replicasRotateTogether() async throws {
        try await withFixture { fixture in
            let policy = try CertificatePolicy(
                names: [.dns("webhook.svc")], authorityLifetime: .seconds(36), leafLifetime: .seconds(24),
                settle: .seconds(1))
            let all = (0..<3).map { _ in ServingCertificates() }
            let log = RecordedLog()
            var issuers: Set<String> = []
            try await withThrowingTaskGroup { group in
                for serving in all {
                    let service = SelfManagedCertificates(
                        store: fixture.store, publisher: fixture.publisher, serving: serving, policy: policy,
                        logger: log.logger)
                    group.addTask { try await service.run() }
                }
                while all.contains(where: { $0.current == nil }) { try await Task.sleep(for: .milliseconds(20)) }
                while issuers.count < 3 {
                    let served = all.compactMap { $0.current?.identity }
                    let bundles = try await fixture.publisher.published().bundles
                    for identity in served {
                        issuers.insert(identity.leaf.issuer)
                        for bundle in bundles {
                            try Certificate.verify(
                                chain: identity.chain, trusting: bundle, at: .now, for: .dns("webhook.svc"))
                        }
                    }
                    try await Task.sleep(for: .milliseconds(20))
                }
                group.cancelAll()
                try await group.waitForAll()
            }
            #expect(!log.all.contains { $0.hasPrefix("error") })
            #expect(!log.all.joined().contains("PRIVATE KEY"))
        }
    }
}
