import EtcdRecoverModel
import FoundationEssentials
import Testing

@testable import Admission

struct InjectorConfigurationTests {
    private let service = InjectorConfiguration.ClientConfig(
        service: .init(namespace: "etcdrecover-system", name: "etcdrecover-webhook", path: "/mutate", port: 443),
        caBundle: Data([1, 2]))

    private func webhook(
        _ uid: String = restoreUID, _ kind: InjectionTarget.Kind = .restore, isNamespaceLabelled: Bool = true
    ) -> InjectorConfiguration.Webhook {
        InjectorConfiguration.Webhook(
            for: InjectionTarget(kind: kind, object: injectionTarget.object, uid: uid),
            labels: InjectorConfiguration.labels(ofCluster: "orders"), isNamespaceLabelled: isNamespaceLabelled,
            reached: service)
    }

    private func configuration(_ webhooks: [InjectorConfiguration.Webhook]?) -> InjectorConfiguration {
        var configuration = InjectorConfiguration(
            metadata: ObjectMeta(name: InjectorConfiguration.name), webhooks: webhooks)
        configuration.metadata.resourceVersion = "41"
        return configuration
    }

    @Test func anEntryMatchesThePodsOfOneClusterAlone() throws {
        let json = try JSONDecoder().decode(JSONValue.self, from: JSONEncoder().encode(webhook()))
        #expect(
            json == [
                "name": .string("\(restoreUID).restore.etcdrecover.operator.etcd.io"),
                "admissionReviewVersions": ["v1"],
                "clientConfig": [
                    "service": [
                        "namespace": "etcdrecover-system", "name": "etcdrecover-webhook", "port": 443,
                        "path": .string("/inject/etcdrestores/prod/back/\(restoreUID)"),
                    ], "caBundle": "AQI=",
                ],
                "rules": [
                    [
                        "apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["pods"],
                        "scope": "Namespaced",
                    ]
                ],
                "namespaceSelector": ["matchLabels": ["kubernetes.io/metadata.name": "prod"]],
                "objectSelector": ["matchLabels": ["app": "orders", "controller": "orders"]],
                "matchPolicy": "Equivalent", "failurePolicy": "Fail", "reinvocationPolicy": "IfNeeded",
                "sideEffects": "None", "timeoutSeconds": 10,
            ])
        #expect(webhook(isNamespaceLabelled: false).namespaceSelector.matchLabels == nil)
        #expect(webhook().restoreUID == restoreUID)
        #expect(webhook().recoveryUID == nil)
    }

    @Test func aRecoverysEntryIsNoneOfTheRestores() throws {
        let recovery = webhook("r", .recovery)
        #expect(recovery.name == "r.recovery.etcdrecover.operator.etcd.io")
        #expect(recovery.clientConfig.service?.path == "/inject/etcdrecoveries/prod/back/r")
        #expect(recovery.recoveryUID == "r")
        #expect(recovery.restoreUID == nil)
        // Both of one UID, so that only the kind tells them apart.
        let both = configuration([webhook("r"), recovery])
        #expect(both.disarming(.restore) { _ in true }?.map(\.path) == ["/metadata/resourceVersion", "/webhooks/0"])
        #expect(both.disarming(.recovery) { _ in true }?.map(\.path) == ["/metadata/resourceVersion", "/webhooks/1"])
        #expect(configuration([webhook("r")]).disarming(.recovery) { _ in true } == nil)
    }

    @Test func aURLKeepsItsHost() {
        let url = InjectorConfiguration.ClientConfig(url: "https://127.0.0.1:8443/mutate?a=b").at("/inject/x")
        #expect(url.url == "https://127.0.0.1:8443/inject/x")
        #expect(url.service == nil)
    }

    @Test func thePathComesBack() {
        #expect(InjectionTarget(path: injectionTarget.path) == injectionTarget)
        #expect(recoveryTarget.path == "/inject/etcdrecoveries/prod/lost/\(recoveryTarget.uid)")
        #expect(InjectionTarget(path: recoveryTarget.path) == recoveryTarget)
        for path in [
            "/inject", "/inject/etcdrestores/a/b", "/inject/etcdrestores/a/b/c/d", "/inject/etcdrestores/a//c",
            "/inject/etcdbackups/a/b/c", "/inject/etcdrestores/A/b/c", "inject/etcdrestores/a/b/c", "",
            "/inject/etcdrestores/../b/c",
        ] {
            #expect(InjectionTarget(path: path) == nil, "\(path)")
        }
    }

    @Test func armingAddsAnEntryOnce() throws {
        let test = JSONPatchOperation.test("/metadata/resourceVersion", "41")
        for empty in [nil, []] as [[InjectorConfiguration.Webhook]?] {
            let steps = try #require(try configuration(empty).arming(webhook()))
            #expect(steps.count == 2)
            #expect(steps[0] == test)
            #expect(steps[1].op == "add")
            #expect(steps[1].path == "/webhooks")
        }
        let other = try #require(try configuration([webhook("other")]).arming(webhook()))
        #expect(other.map(\.path) == ["/metadata/resourceVersion", "/webhooks/-"])
        #expect(try configuration([webhook("other"), webhook()]).arming(webhook()) == nil)
        let changed = try #require(
            try configuration([webhook("other"), webhook(isNamespaceLabelled: false)]).arming(webhook()))
        #expect(changed.map(\.op) == ["test", "replace"])
        #expect(changed[1].path == "/webhooks/1")
    }

    @Test func disarmingTakesAwayWhatIsOverAndNothingElse() {
        let all = configuration([webhook("a"), webhook("b"), webhook("c")])
        #expect(all.disarming(.restore) { $0 == "b" }?.map(\.path) == ["/metadata/resourceVersion", "/webhooks/1"])
        #expect(
            all.disarming(.restore) { $0 != "b" }?.map(\.path) == [
                "/metadata/resourceVersion", "/webhooks/2", "/webhooks/0",
            ])
        #expect(all.disarming(.restore) { $0 == "z" } == nil)
        #expect(configuration(nil).disarming(.restore) { _ in true } == nil)
        var foreign = webhook("x")
        foreign.name = "somebody.else.example"
        #expect(configuration([foreign]).disarming(.restore) { _ in true } == nil)
    }
}

struct InjectionProbeTests {
    @Test(arguments: [injectionTarget, recoveryTarget])
    func theProbeShowsWhetherItsOwnEntryIsLive(_ target: InjectionTarget) async throws {
        let probe = InjectionProbe(
            cluster: "orders", namespace: "prod", labels: InjectorConfiguration.labels(ofCluster: "orders"))
        // The name of a pod that runs would be refused behind the webhook.
        #expect(probe.metadata.name == "orders-999999")
        let text = String(decoding: try JSONEncoder().encode(probe), as: UTF8.self)
        let (response, outcome) = try await inject(text, for: target)
        #expect(outcome == .injected, "\(response.status?.message ?? "")")
        let answer = String(decoding: try response.applied(to: text).jsonBytes, as: UTF8.self)
        let admitted = try JSONDecoder().decode(InjectionProbe.self, from: Data(answer.utf8))
        #expect(admitted.carriesAgent(for: target))
        #expect(
            !admitted.carriesAgent(for: InjectionTarget(kind: .restore, object: injectionTarget.object, uid: "another"))
        )
        #expect(!probe.carriesAgent(for: target))
    }
}
