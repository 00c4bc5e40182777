import Admission
import EtcdRecoverModel
import KubernetesClient
import TestSupport
import Testing

@testable import Controllers

struct InjectionSwitchTests {
    /// Many restores are armed and over at the same moment, and all of them write one object.
    @Test func `each arms and disarms, whoever else does at the same time`() async throws {
        try await TestNamespace.with { namespace in
            let injection = try await makeSwitch(namespace)
            let targets = (0..<40).map { number in
                InjectionTarget(
                    kind: number.isMultiple(of: 2) ? .restore : .recovery,
                    object: ObjectName(namespace: namespace.name, name: "restore-\(number)"), uid: "uid-\(number)")
            }
            try await each(targets) { target in
                let name = target.object.name
                try await injection.arm(target, cluster: name, labels: InjectorConfiguration.labels(ofCluster: name))
            }
            let armed = try await injection.armed(.restore).union(injection.armed(.recovery))
            #expect(armed == Set(targets.map(\.uid)))

            try await each(targets) { target in try await injection.disarm(target.kind) { $0 == target.uid } }
            #expect(try await injection.armed(.restore).union(injection.armed(.recovery)).isEmpty)
            try await remove(injection, namespace)
        }
    }

    private func each(
        _ targets: [InjectionTarget], _ body: @escaping @Sendable (InjectionTarget) async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for target in targets { group.addTask { try await body(target) } }
            try await group.waitForAll()
        }
    }

    /// Of configurations of its own: controllers of other tests sweep the real one.
    private func makeSwitch(_ namespace: TestNamespace) async throws -> InjectionSwitch {
        var injection = InjectionSwitch(client: namespace.client)
        injection.configuration = "injector-\(namespace.name)"
        injection.judging = "judging-\(namespace.name)"
        try await namespace.kubectl.apply(
            """
            apiVersion: admissionregistration.k8s.io/v1
            kind: MutatingWebhookConfiguration
            metadata: {name: \(injection.configuration)}
            ---
            apiVersion: admissionregistration.k8s.io/v1
            kind: MutatingWebhookConfiguration
            metadata: {name: \(injection.judging)}
            webhooks:
            - name: nothing.etcdrecover.operator.etcd.io
              admissionReviewVersions: [v1]
              sideEffects: None
              rules: [{apiGroups: [nothing.example], apiVersions: [v1], operations: [CREATE], resources: [nothings]}]
              clientConfig: {url: "https://localhost:1/mutate", caBundle: "\(try await authority(namespace))"}
            """)
        return injection
    }

    private func authority(_ namespace: TestNamespace) async throws -> String {
        try await namespace.kubectl.output(
            "config", "view", "--raw", "--minify", "-o", "jsonpath={.clusters[0].cluster.certificate-authority-data}")
    }

    private func remove(_ injection: InjectionSwitch, _ namespace: TestNamespace) async throws {
        try await namespace.kubectl.output(
            "delete", "mutatingwebhookconfiguration", injection.configuration, injection.judging)
    }
}
