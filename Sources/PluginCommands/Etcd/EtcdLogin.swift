import EtcdClient
import Glibc
import HTTP

typealias EtcdLogin = EtcdClient.Login

/// A user of etcd, as far as flags, variables and a person say.
extension EtcdLogin {
    /// From `--user` and the like; nil when no user is named. `environment` has etcdctl's variables; `ask` is for a person.
    /// `ofTarget`: what the cluster's own Secret says, where flags say nothing.
    static func resolve(
        _ flags: EtcdFlags, environment: [String: String], ofTarget: EtcdLogin? = nil, console: Console,
        ask: (String) throws -> SecretBytes = { try TerminalPrompt.password($0) }
    ) throws -> EtcdLogin? {
        if flags.user == nil, let ofTarget { return ofTarget }
        guard let text = flags.user ?? environment["ETCDCTL_USER"].flatMap({ $0.isEmpty ? nil : $0 }) else {
            if flags.password != nil || flags.passwordFile != nil {
                throw CommandFailure("a password needs --user", status: .usage)
            }
            return nil
        }
        let (user, inline) = split(text)
        guard !user.isEmpty else { throw CommandFailure("--user must name a user of etcd", status: .usage) }
        if flags.password != nil || (flags.user != nil && inline != nil) {
            console.warning(
                "other users of this machine can see a password on the command line; prefer --password-file, "
                    + "ETCDCTL_PASSWORD or the prompt")
        }
        if let password = inline ?? flags.password { return EtcdLogin(user: user, password: SecretBytes(password)) }
        if let path = flags.passwordFile { return EtcdLogin(user: user, password: try firstLine(of: path)) }
        if let password = environment["ETCDCTL_PASSWORD"], !password.isEmpty {
            return EtcdLogin(user: user, password: SecretBytes(password))
        }
        return EtcdLogin(user: user, password: try ask("Password of etcd's user \(user): "))
    }

    /// At the first colon, as etcdctl does.
    private static func split(_ text: String) -> (user: String, password: String?) {
        guard let colon = text.firstIndex(of: ":") else { return (text, nil) }
        return (String(text[..<colon]), String(text[text.index(after: colon)...]))
    }

    private static func firstLine(of path: String) throws(CommandFailure) -> SecretBytes {
        let bytes: [UInt8]
        do { bytes = try FileBytes.read(path, limit: 64 << 10) } catch {
            throw CommandFailure("cannot read --password-file \(path): \(error.message)")
        }
        let line = bytes.prefix { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
        guard !line.isEmpty else { throw CommandFailure("the first line of --password-file \(path) is empty") }
        return SecretBytes(line)
    }
}
