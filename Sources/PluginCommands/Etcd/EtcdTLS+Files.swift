import ClusterAccess
import HTTP

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
        self.init()
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
