import EtcdRecoverModel
import FoundationEssentials
import HTTP
import TestSupport
import Testing

@testable import KubernetesClient

@Suite(.needsCluster) struct ClusterLookupTests {
    @Test func tellsFoundAbsentAndUnavailableApart() async throws {
        try await LiveCluster.withNamespace { client, namespace in
            _ = try await client.create(
                Secret(metadata: ObjectMeta(name: "s"), data: ["k": .init("v".utf8)]))
            let lookup = ClusterLookup(client)
            guard case .found(let secret) = await lookup.secret(ObjectName(namespace: namespace, name: "s")) else {
                Issue.record("the Secret was not found")
                return
            }
            #expect(secret["k"] == .init("v".utf8))
            #expect(await lookup.secret(ObjectName(namespace: namespace, name: "other")) == .absent)
            #expect(await lookup.statefulSet(ObjectName(namespace: namespace, name: "other")) == .absent)
            #expect(await lookup.persistentVolumeClaims(in: namespace) == .found([]))

            var configuration = client.configuration
            configuration.impersonation = Impersonation(user: "jane")
            let forbidden = await ClusterLookup(try KubernetesClient(configuration))
                .secret(ObjectName(namespace: namespace, name: "s"))
            #expect(
                forbidden
                    == .unavailable(
                        "the API server answered 403 Forbidden: secrets \"s\" is forbidden: User \"jane\" cannot get "
                            + "resource \"secrets\" in API group \"\" in the namespace \"\(namespace)\""))
        }
    }

    @Test func asksForTheUserWhoAsks() async throws {
        try await LiveCluster.withNamespace { client, namespace in
            let lookup = ClusterLookup(client)
            let name = ObjectName(namespace: namespace, name: "s")
            #expect(await lookup.mayGetSecret(name, user: nil) == .found(true))
            #expect(await lookup.mayGetSecret(name, user: UserInfo(username: "jane")) == .found(false))
        }
    }

    @Test func findsPodsByLabelAndByOwner() async throws {
        try await LiveCluster.withNamespace { client, namespace in
            let set = try await client.create(RunnableStatefulSet(name: "etcd"))
            func pod(_ name: String, _ labels: [String: String], owner: String? = nil) async throws {
                var pod = RunnablePod(name: name, labels: labels)
                pod.metadata.ownerReferences = try owner.map { name in
                    let reference = [
                        "apiVersion": "apps/v1", "kind": "StatefulSet", "name": name, "uid": set.metadata.uid ?? "",
                    ]
                    return [try JSONDecoder().decode(OwnerReference.self, from: JSONEncoder().encode(reference))]
                }
                _ = try await client.create(pod)
            }
            let numbered = "statefulset.kubernetes.io/pod-name"
            try await pod("labelled", ["app": "etcd"])
            try await pod("both", ["app": "etcd", numbered: "both"], owner: "etcd")
            try await pod("owned", [numbered: "owned"], owner: "etcd")
            try await pod("foreign", ["app": "other", numbered: "foreign"])
            let found = await ClusterLookup(client).pods(ofCluster: ObjectName(namespace: namespace, name: "etcd"))
            guard case .found(let pods) = found else {
                Issue.record("\(found)")
                return
            }
            #expect(Set(pods.map(\.metadata.name)) == ["labelled", "both", "owned"])
            #expect(pods.count == 3)
        }
    }

    @Test(.timeLimit(.minutes(5))) func keepsItsDeadlines() async throws {
        let server = try MisbehavingServer { _ in [.hang] }
        let client = try KubernetesClient(ClientConfiguration(server: server.url, proxy: .none))
        let name = ObjectName(namespace: "n", name: "a")
        guard case .unavailable(let reason) = await ClusterLookup(client, perCall: .milliseconds(300)).secret(name)
        else {
            Issue.record("an answer from a server that gives none")
            return
        }
        #expect(reason.hasPrefix("no answer within 0.3s to GET \(server.url)/api/v1/namespaces/n/secrets/a"))
        #expect(
            await ClusterLookup(client, until: .now).etcdBackups() == .unavailable("no time is left for this look-up"))
    }
}
