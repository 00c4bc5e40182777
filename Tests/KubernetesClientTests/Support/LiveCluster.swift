import EtcdRecoverModel
import FoundationEssentials
import HTTP
import HTTPTypes
import TestSupport
import Testing

@testable import KubernetesClient

/// Clients of the API server that the tests run against.
enum LiveCluster {
    static func configuration(namespace: String = "default") throws -> ClientConfiguration {
        var flags = ConnectionFlags()
        flags.kubeconfig = try TestCluster.current.kubeconfig
        flags.namespace = namespace
        return try ClientConfiguration.load(flags, environment: [:], userAgent: "etcdrecover-tests")
    }

    /// The same server through a relay on another port of this machine.
    static func configuration(through relay: Relay, namespace: String) throws -> ClientConfiguration {
        var configuration = try configuration(namespace: namespace)
        configuration.server = "https://127.0.0.1:\(relay.port)"
        return configuration
    }

    static func port() throws -> UInt16 {
        let server = try configuration().server
        return try #require(server.split(separator: ":").last.flatMap { UInt16($0) })
    }

    /// Runs with a client whose namespace is new, and deletes that afterwards.
    static func withNamespace(_ body: (KubernetesClient, String) async throws -> Void) async throws {
        let name = "kube-client-\(UInt32.random(in: 0...UInt32.max))"
        let client = try KubernetesClient(configuration(namespace: name))
        _ = try await client.create(Namespace(metadata: ObjectMeta(name: name)))
        let result: Result<Void, any Error>
        do {
            result = .success(try await body(client, name))
        } catch {
            result = .failure(error)
        }
        try? await client.delete(Namespace.self, name: name)
        await client.shutdown()
        try result.get()
    }

    /// A token of a service account, by the TokenRequest API.
    static func token(of account: String, in namespace: String, _ client: KubernetesClient) async throws -> String {
        struct TokenRequest: Encodable {
            var apiVersion = "authentication.k8s.io/v1"
            var kind = "TokenRequest"
            var spec = ["expirationSeconds": 600]
        }
        struct Answer: Decodable {
            struct Status: Decodable { var token: String }
            var status: Status
        }
        let call = Call(
            method: .post, path: "/api/v1/namespaces/\(namespace)/serviceaccounts/\(account)/token",
            body: try client.encode(TokenRequest()))
        return try JSONDecoder().decode(Answer.self, from: Data(try await client.perform(call).body)).status.token
    }

    /// Forgets all of etcd's history, through its JSON gateway.
    static func compactEtcd() async throws {
        struct Range: Decodable {
            struct Header: Decodable { var revision: String }
            var header: Header
        }
        let url = try #require(try TestCluster.current.etcd)
        let http = try HTTPClient(HTTPClient.Configuration(proxy: .none))
        func post(_ path: String, _ body: String) async throws -> Response {
            try await http.send(Request(.post, url + path, body: .bytes(Array(body.utf8))))
        }
        let range = try await post("/v3/kv/range", #"{"key":"AA==","limit":"1"}"#)
        let revision = try JSONDecoder().decode(Range.self, from: Data(range.body)).header.revision
        let compacted = try await post("/v3/kv/compaction", #"{"revision":"\#(revision)","physical":true}"#)
        try #require(compacted.status == .ok)
        await http.shutdown()
    }

    /// The certificate of an authority that signed nothing.
    static let otherAuthority = """
        -----BEGIN CERTIFICATE-----
        MIIBkDCCATWgAwIBAgIUQXoALLCaI9BPj0WuQwjjNDBSO0YwCgYIKoZIzj0EAwIw
        HDEaMBgGA1UEAwwRYW5vdGhlciBhdXRob3JpdHkwIBcNMjYxMTIxMTQwMjA4WhgP
        MjEyNjEwMjgxNDAyMDhaMBwxGjAYBgNVBAMMEWFub3RoZXIgYXV0aG9yaXR5MFkw
        EwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEVYrQkaeCVOLpRZlQ5WfbXBje0vjdk2UA
        bJcjoiI0dkGvhFZL18Ndil9ABBPB5UYR5PSrU1LiODQXZ4b5qgGVmqNTMFEwHQYD
        VR0OBBYEFGv+fLGDOWgC9b4w3ZgELFheSShxMB8GA1UdIwQYMBaAFGv+fLGDOWgC
        9b4w3ZgELFheSShxMA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSQAwRgIh
        AL5HLhRevYW6QKkJYivCewkkx5Xw7+3kjTU4jaTWSMRfAiEApv8WHUG3Ox/mBNQG
        lTal/O4iRek9sk5tOlSSkOOango=
        -----END CERTIFICATE-----
        """
}

struct ConfigMap: KubernetesResource, Hashable {
    static let apiVersion = "v1"
    static let kind = "ConfigMap"
    static let plural = "configmaps"

    var apiVersion: String? = Self.apiVersion
    var kind: String? = Self.kind
    var metadata: ObjectMeta
    var data: [String: String]?
}

struct Namespace: KubernetesResource {
    static let apiVersion = "v1"
    static let kind = "Namespace"
    static let plural = "namespaces"
    static let isNamespaced = false

    var apiVersion: String? = Self.apiVersion
    var kind: String? = Self.kind
    var metadata: ObjectMeta
}

struct ServiceAccountObject: KubernetesResource {
    static let apiVersion = "v1"
    static let kind = "ServiceAccount"
    static let plural = "serviceaccounts"

    var apiVersion: String? = Self.apiVersion
    var kind: String? = Self.kind
    var metadata: ObjectMeta
}

/// A StatefulSet with all that the API server demands.
struct RunnableStatefulSet: KubernetesResource {
    static let apiVersion = StatefulSet.apiVersion
    static let kind = StatefulSet.kind
    static let plural = StatefulSet.plural

    var apiVersion: String? = Self.apiVersion
    var kind: String? = Self.kind
    var metadata: ObjectMeta
    var spec: JSONValue?
    var status: JSONValue?
}

extension RunnableStatefulSet {
    init(name: String, labels: [String: String] = [:]) throws {
        metadata = ObjectMeta(name: name, labels: labels)
        spec = try JSONDecoder().decode(
            JSONValue.self,
            from: Data(
                #"""
                {"replicas":0,"serviceName":"s","selector":{"matchLabels":{"a":"b"}},"template":{"metadata":{"labels":
                {"a":"b"}},"spec":{"containers":[{"name":"c","image":"i"}]}}}
                """#.utf8))
    }
}

/// A Pod that the API server accepts and, with a scheduler that is not there, nobody runs.
struct RunnablePod: KubernetesResource {
    static let apiVersion = Pod.apiVersion
    static let kind = Pod.kind
    static let plural = Pod.plural

    var apiVersion: String? = Self.apiVersion
    var kind: String? = Self.kind
    var metadata: ObjectMeta
    var spec: JSONValue?
}

extension RunnablePod {
    init(name: String, labels: [String: String]) {
        metadata = ObjectMeta(name: name, labels: labels)
        let container: [String: JSONValue] = ["name": .string("c"), "image": .string("i")]
        spec = .object([
            "containers": .array([.object(container)]), "schedulerName": .string("nobody"),
            "automountServiceAccountToken": .bool(false),
        ])
    }
}
