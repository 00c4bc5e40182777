import EtcdRecoverModel
import FoundationEssentials
import Testing

@testable import ClusterAccess

/// Pods as people run etcd in them.
struct EtcdProcessTests {
    private func pod(_ container: String, volumes: String = "[]") throws -> MemberPod {
        let json = """
            {"metadata": {"name": "main-0", "namespace": "db"},
             "spec": {"nodeName": "n1", "containers": [\(container)], "volumes": \(volumes)},
             "status": {"phase": "Running", "podIP": "10.1.2.3"}}
            """
        return try JSONDecoder().decode(MemberPod.self, from: Data(json.utf8))
    }

    @Test func readsTheOperatorsArguments() throws {
        let process = EtcdProcess(
            try pod(
                """
                {"name": "etcd", "command": ["/usr/local/bin/etcd"],
                 "args": ["--name=$(POD_NAME)", "--listen-client-urls=https://0.0.0.0:2379",
                          "--advertise-client-urls=https://$(POD_NAME).main.$(POD_NAMESPACE).svc.cluster.local:2379",
                          "--cert-file", "/etc/etcd-certs/server/tls.crt", "--client-cert-auth"],
                 "env": [{"name": "POD_NAME", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}},
                         {"name": "POD_NAMESPACE", "valueFrom": {"fieldRef": {"fieldPath": "metadata.namespace"}}}]}
                """))
        #expect(process["name"] == "main-0")
        #expect(process.clientListener == .init(scheme: "https", host: "0.0.0.0", port: 2379))
        #expect(process.advertisedHost == "main-0.main.db.svc.cluster.local")
        #expect(process["cert-file"] == "/etc/etcd-certs/server/tls.crt")
        #expect(process["client-cert-auth"] == "true")
        #expect(process["key-file"] == nil)
    }

    @Test func readsAShellScript() throws {
        let process = EtcdProcess(
            try pod(
                #"""
                {"name": "etcd", "command": ["/bin/sh", "-ec",
                  "HOST=$(hostname)\nexec etcd --name ${POD_NAME} \\\n --listen-client-urls 'http://${POD_IP}:4001,http://127.0.0.1:4001' \\\n --advertise-client-urls \"http://${HOST}.etcd:4001\""],
                 "env": [{"name": "POD_NAME", "value": "a"}, {"name": "POD_IP", "valueFrom": {"fieldRef": {"fieldPath": "status.podIP"}}}]}
                """#))
        #expect(process["name"] == "a")
        #expect(process.clientListener == .init(scheme: "http", host: "127.0.0.1", port: 4001))
        // Only the shell knows it.
        #expect(process.advertisedHost == nil)
    }

    @Test func readsVariablesAndConfigMapsBelowFlags() throws {
        let container = """
            {"name": "etcd", "args": ["-listen-client-urls", "http://[::]:2400"],
             "envFrom": [{"configMapRef": {"name": "settings"}}],
             "env": [{"name": "ETCD_LISTEN_CLIENT_URLS", "value": "http://0.0.0.0:1"},
                     {"name": "ETCD_KEY_FILE", "valueFrom": {"configMapKeyRef": {"name": "settings", "key": "key"}}}]}
            """
        let maps = ["settings": ["ETCD_CERT_FILE": "/c", "key": "/k"]]
        let process = EtcdProcess(try pod(container), configMaps: maps)
        #expect(process.clientListener == .init(scheme: "http", host: "::", port: 2400))
        #expect(process["cert-file"] == "/c")
        #expect(process["key-file"] == "/k")
    }

    @Test func assumesEtcdsDefaultsWhereNothingIsSaid() throws {
        let process = EtcdProcess(try pod(#"{"name": "etcd"}"#))
        #expect(process.clientListener == .init(scheme: "http", host: "localhost", port: 2379))
        #expect(process.advertisedHost == nil)
    }

    @Test func findsTheContainer() throws {
        #expect(try pod(#"{"name": "only"}"#).etcdContainer?.name == "only")
        #expect(try pod(#"{"name": "proxy"}, {"name": "etcd"}"#).etcdContainer?.name == "etcd")
        #expect(try pod(#"{"name": "a"}, {"name": "b", "image": "quay.io/coreos/etcd:v3"}"#).etcdContainer?.name == "b")
        #expect(try pod(#"{"name": "a"}, {"name": "b"}"#).etcdContainer == nil)
    }

    @Test(arguments: [
        ("/certs/server/tls.crt", MountedFile?.some(.init(holder: .secret("server"), key: "tls.crt"))),
        ("/certs/ca.pem", .init(holder: .configMap("authorities"), key: "bundle")),
        ("/single/key.pem", .init(holder: .secret("server"), key: "tls.key")),
        ("/mixed/ca.crt", .init(holder: .secret("mixed"), key: "authority")),
        ("/certs/other.pem", nil), ("/etc/kubernetes/pki/ca.crt", nil), ("/elsewhere/tls.crt", nil),
        ("/certs/serverless/tls.crt", nil),
    ])
    func findsWhereAMountedFileComesFrom(_ path: String, expected: MountedFile?) throws {
        let pod = try pod(
            """
            {"name": "etcd", "volumeMounts": [
              {"name": "ca", "mountPath": "/certs"}, {"name": "server", "mountPath": "/certs/server/"},
              {"name": "server", "mountPath": "/single/key.pem", "subPath": "tls.key"},
              {"name": "mixed", "mountPath": "/mixed"}, {"name": "host", "mountPath": "/etc/kubernetes/pki"}]}
            """,
            volumes: """
                [{"name": "ca", "configMap": {"name": "authorities", "items": [{"key": "bundle", "path": "ca.pem"}]}},
                 {"name": "server", "secret": {"secretName": "server"}},
                 {"name": "mixed", "projected": {"sources": [
                    {"serviceAccountToken": {"path": "token"}},
                    {"secret": {"name": "mixed", "items": [{"key": "authority", "path": "ca.crt"}]}}]}},
                 {"name": "host", "hostPath": {"path": "/etc/kubernetes/pki"}}]
                """)
        let container = try #require(pod.etcdContainer)
        #expect(pod.origin(of: path, in: container) == expected)
    }
}
