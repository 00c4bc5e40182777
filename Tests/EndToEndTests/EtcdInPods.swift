import TestSupport

/// Three members of etcd in a StatefulSet `etcd`, over TLS with client certificates, as the etcd-operator names things.
struct EtcdInPods: Sendable {
    let kubectl: Kubectl
    let release: EtcdRelease
    /// Of each member, instead of what goes with its pod.
    var hasVolumes = false

    static let image = "etcd.test/etcd:1"

    /// Brings them up in `kubectl`'s namespace and waits until all are ready.
    static func start(
        _ kubectl: Kubectl, release: EtcdRelease, hasVolumes: Bool = false
    ) async throws -> EtcdInPods {
        let pods = EtcdInPods(kubectl: kubectl, release: release, hasVolumes: hasVolumes)
        try await pods.loadImage()
        try await pods.issueCertificates()
        try await kubectl.apply(pods.manifest)
        let ready = try await kubectl.run(
            ["rollout", "status", "statefulset/etcd", "--timeout=150s"], within: .seconds(160))
        guard ready.succeeded else {
            let pods = try await kubectl.run("describe", "pods").output
            let logs = try await kubectl.run("logs", "etcd-0", "--tail=30").output
            throw MissingPart("etcd's pods are not ready: \(ready.errors)\(pods)\(logs)")
        }
        return pods
    }

    /// `etcdctl` in the first member's pod, which must succeed.
    func etcdctl(_ arguments: String...) async throws {
        let result = try await etcdctl(arguments)
        guard result.succeeded else { throw MissingPart("etcdctl \(arguments): \(result.errors)") }
    }

    /// `input` is what it reads from stdin.
    func etcdctl(_ arguments: [String], input: String = "", member: Int = 0) async throws -> Command.Result {
        let flags = [
            "--endpoints", "https://127.0.0.1:2379", "--cacert", "/etc/etcd-certs/ca.crt",
            "--cert", "/etc/etcd-certs/tls.crt", "--key", "/etc/etcd-certs/tls.key", "--insecure-skip-tls-verify",
        ]
        return try await kubectl.run(
            ["exec"] + (input.isEmpty ? [] : ["--stdin"]) + ["etcd-\(member)", "--", "/usr/bin/etcdctl"] + flags
                + arguments,
            input: input)
    }

    private func loadImage() async throws {
        let files = try TemporaryDirectory()
        let rootfs = files.path(of: "rootfs.tar")
        let tool = kubectl.cluster.tool
        try await Command(tool, ["pack", rootfs, release.etcd, release.etcdctl]).output(within: .seconds(120))
        try await Command(tool, ["load-image", Self.image, rootfs]).output(within: .seconds(120))
    }

    /// The server's certificate names the members as the Service does, and not the address that a port-forward has.
    private func issueCertificates() async throws {
        let files = try TemporaryDirectory()
        func openssl(_ words: String, _ arguments: [String]) async throws {
            try await Command("openssl", words.split(separator: " ").map(String.init) + arguments).output()
        }
        func file(_ name: String) -> String { files.path(of: name) }
        let key = "req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"
        try await openssl(key + " -x509 -days 2 -subj /CN=ca", ["-keyout", file("ca.key"), "-out", file("ca.crt")])
        let names = "subjectAltName=DNS:*.etcd.\(kubectl.namespace ?? "").svc.cluster.local"
        for (leaf, extra) in [("server", ["-addext", names]), ("client", [])] {
            try await openssl(
                key, ["-subj", "/O=\(leaf)", "-keyout", file("\(leaf).key"), "-out", file("\(leaf).csr")] + extra)
            try await openssl(
                "x509 -req -days 1 -copy_extensions copyall -CAcreateserial",
                [
                    "-in", file("\(leaf).csr"), "-CA", file("ca.crt"), "-CAkey", file("ca.key"), "-out",
                    file("\(leaf).crt"),
                ])
            try await kubectl.output(
                "create", "secret", "generic", "etcd-\(leaf)-tls", "--from-file=ca.crt=\(file("ca.crt"))",
                "--from-file=tls.crt=\(file("\(leaf).crt"))", "--from-file=tls.key=\(file("\(leaf).key"))")
        }
        withExtendedLifetime(files) {}
    }

    private var claims: String {
        """
        volumeClaimTemplates:
              - metadata: {name: etcd-data}
                spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 64Mi}}}
        """
    }

    private var manifest: String {
        let members = (0..<3).map { "etcd-\($0)=http://etcd-\($0).etcd.$(POD_NAMESPACE).svc.cluster.local:2380" }
        return """
            apiVersion: v1
            kind: Service
            metadata: {name: etcd}
            spec:
              clusterIP: None
              publishNotReadyAddresses: true
              selector: {app: etcd}
              ports: [{name: client, port: 2379}, {name: peer, port: 2380}]
            ---
            apiVersion: apps/v1
            kind: StatefulSet
            metadata: {name: etcd}
            spec:
              serviceName: etcd
              replicas: 3
              podManagementPolicy: Parallel
              selector: {matchLabels: {app: etcd}}
              template:
                metadata: {labels: {app: etcd, controller: etcd}}
                spec:
                  terminationGracePeriodSeconds: 1
                  containers:
                  - name: etcd
                    image: \(Self.image)
                    command: [/usr/bin/etcd]
                    args:
                    - --name=$(POD_NAME)
                    - --data-dir=/var/lib/etcd
                    - --listen-peer-urls=http://0.0.0.0:2380
                    - --initial-advertise-peer-urls=http://$(POD_NAME).etcd.$(POD_NAMESPACE).svc.cluster.local:2380
                    - --listen-client-urls=https://0.0.0.0:2379
                    - --advertise-client-urls=https://$(POD_NAME).etcd.$(POD_NAMESPACE).svc.cluster.local:2379
                    - --initial-cluster=\(members.joined(separator: ","))
                    - --cert-file=/etc/etcd-certs/tls.crt
                    - --key-file=/etc/etcd-certs/tls.key
                    - --trusted-ca-file=/etc/etcd-certs/ca.crt
                    - --client-cert-auth
                    - --listen-metrics-urls=http://0.0.0.0:2381
                    - --unsafe-no-fsync
                    env:
                    - {name: POD_NAME, valueFrom: {fieldRef: {fieldPath: metadata.name}}}
                    - {name: POD_NAMESPACE, valueFrom: {fieldRef: {fieldPath: metadata.namespace}}}
                    readinessProbe: {httpGet: {path: /health, port: 2381}, periodSeconds: 1, timeoutSeconds: 5}
                    volumeMounts:
                    - {name: etcd-data, mountPath: /var/lib/etcd}
                    - {name: certs, mountPath: /etc/etcd-certs}
                  volumes:
                  - {name: certs, secret: {secretName: etcd-server-tls}}
                  \(hasVolumes ? "" : "- {name: etcd-data, emptyDir: {}}")
              \(hasVolumes ? claims : "")
            """
    }
}
