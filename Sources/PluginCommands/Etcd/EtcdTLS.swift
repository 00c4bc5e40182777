import EtcdRecoverModel
import FoundationEssentials
import HTTP

/// What TLS with etcd needs: PEM texts, from files or Secrets.
struct EtcdTLS: Sendable {
    var authorities: [UInt8]?
    var chain: [UInt8]?
    var key: SecretBytes?
    var verifiesPeer = true

    var isComplete: Bool { authorities != nil && chain != nil && key != nil }
    var isEmpty: Bool { authorities == nil && chain == nil && key == nil && verifiesPeer }

    var options: TLSOptions {
        TLSOptions(
            certificateAuthorities: authorities,
            clientCertificate: chain.flatMap { chain in key.map { ClientCertificate(chain: chain, key: $0) } },
            verifiesPeer: verifiesPeer)
    }
}

extension EtcdTLS {
    /// The files that the flags name; with `environment`, those of etcdctl's variables where the flags name none.
    init(files flags: EtcdFlags, environment: [String: String] = [:]) throws(CommandFailure) {
        func path(_ flag: String?, _ variable: String) -> String? {
            (flag ?? environment[variable]).flatMap { $0.isEmpty ? nil : $0 }
        }
        let certificate = path(flags.cert, "ETCDCTL_CERT")
        let keyFile = path(flags.key, "ETCDCTL_KEY")
        if certificate != nil, keyFile == nil {
            throw CommandFailure("the client certificate needs its key: give --key", status: .usage)
        }
        authorities = try path(flags.cacert, "ETCDCTL_CACERT").map { path throws(CommandFailure) in
            try Self.read(path, "--cacert")
        }
        if let certificate, let keyFile {
            chain = try Self.read(certificate, "--cert")
            key = SecretBytes(try Self.read(keyFile, "--key"))
        }
        verifiesPeer = !flags.etcdInsecureSkipTLSVerify
    }

    private static func read(_ path: String, _ flag: String) throws(CommandFailure) -> [UInt8] {
        let bytes: [UInt8]
        do { bytes = try FileBytes.read(path, limit: 1 << 20) } catch {
            throw CommandFailure("cannot read \(flag) \(path): \(error.message)")
        }
        guard !bytes.isEmpty else { throw CommandFailure("\(flag) \(path) is empty") }
        return bytes
    }
}

extension ClusterLocator {
    static let files = "--cacert, --cert and --key"

    /// Adds what flags did not give: from the Secret that is named, else the operator's for clients, else the files that
    /// the member itself serves with.
    func addCertificates(to cluster: inout LocatedCluster, pod: MemberPod, process: EtcdProcess) async throws {
        guard !cluster.tls.isComplete else { return }
        if let name = flags.tlsSecret {
            return try cluster.tls.fill(from: try await secret(name, insteadGive: Self.files))
        }
        if let name = cluster.target.owner,
            let secret = try await secretIfPresent("\(name)-client-tls", insteadGive: Self.files)
        {
            return try cluster.tls.fill(from: secret)
        }
        guard let container = pod.etcdContainer else { return }
        var files = MountedFiles(pod: pod, container: container, locator: self)
        if cluster.tls.chain == nil, let certificate = process["cert-file"], let key = process["key-file"],
            let chainText = try await files.content(of: certificate), let keyText = try await files.content(of: key)
        {
            cluster.tls.chain = chainText
            cluster.tls.key = SecretBytes(keyText)
        }
        if cluster.tls.authorities == nil, let authorities = process["trusted-ca-file"] {
            cluster.tls.authorities = try await files.content(of: authorities)
        }
        guard cluster.tls.authorities != nil || cluster.tls.chain != nil || !cluster.tls.verifiesPeer else {
            throw CommandFailure(
                "no Secret with \(cluster.target)'s certificates was found: its etcd reads them from files of the node",
                hint: "give --cacert, --cert and --key, or --tls-secret")
        }
    }
}

extension EtcdTLS {
    /// From a Secret as cert-manager writes it; what is there already stays.
    mutating func fill(from secret: Secret) throws(CommandFailure) {
        let name = secret.metadata.name ?? ""
        if chain == nil {
            guard let certificate = secret["tls.crt"], let privateKey = secret["tls.key"] else {
                throw CommandFailure("secret \(name) has no tls.crt and tls.key: it has \(secret.keyList)")
            }
            chain = Array(certificate)
            key = SecretBytes(privateKey)
        }
        if authorities == nil { authorities = secret["ca.crt"].map { Array($0) } }
    }
}

extension EtcdTarget {
    /// The name that the operator derives Secrets from.
    fileprivate var owner: String? {
        switch self {
        case .etcdCluster(let name), .statefulSet(let name): name
        case .pod: nil
        }
    }
}
