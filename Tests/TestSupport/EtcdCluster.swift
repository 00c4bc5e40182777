import Synchronization

/// How the members of a test's cluster are set up.
package struct EtcdOptions: Sendable {
    /// Client connections over TLS; clients must show a certificate.
    package var tls: EtcdCertificates?
    /// Turns authentication on, with a user `root` of this password.
    package var rootPassword: String?
    /// Authentication is on from the start, in data that was restored.
    package var isAuthenticationRestored: Bool
    /// Bytes of the database at which the space alarm goes off.
    package var quota: Int?
    /// Further flags of etcd.
    package var arguments: [String]

    /// Of one cluster: `reserve` makes a new one.
    fileprivate var authentication = Switch()

    package init(
        tls: EtcdCertificates? = nil, rootPassword: String? = nil, isAuthenticationRestored: Bool = false,
        quota: Int? = nil, arguments: [String] = []
    ) {
        self.tls = tls
        self.rootPassword = rootPassword
        self.isAuthenticationRestored = isAuthenticationRestored
        self.quota = quota
        self.arguments = arguments
    }

    /// The password, once authentication is on.
    var currentRootPassword: String? {
        isAuthenticationRestored || authentication.isOn.withLock { $0 } ? rootPassword : nil
    }

    fileprivate final class Switch: Sendable {
        let isOn = Mutex(false)
    }
}

/// Real members on free ports of 127.0.0.1, started for one test and ended with it.
package final class EtcdCluster: Sendable {
    package let release: EtcdRelease
    private let all: Mutex<[EtcdMember]>

    package var members: [EtcdMember] { all.withLock { $0 } }
    /// Client URLs of all members, in their order.
    package var endpoints: [String] { members.map(\.clientURL) }

    private init(_ members: [EtcdMember]) {
        release = members[0].release
        all = Mutex(members)
    }

    /// Runs `body` beside a new cluster, healthy and with authentication on where the options say so.
    package static func run<Value>(
        _ release: EtcdRelease, members size: Int = 1, options: EtcdOptions = EtcdOptions(),
        isolation: isolated (any Actor)? = #isolation, _ body: (EtcdCluster) async throws -> Value
    ) async throws -> Value {
        // Another program may take a port between the choice and the start.
        for _ in 0..<3 {
            let cluster = EtcdCluster(try reserve(size, release, options: options))
            do {
                try await cluster.start()
            } catch {
                let isPortTaken = cluster.members.contains { $0.log.contains("address already in use") }
                await cluster.end()
                guard isPortTaken else { throw error }
                continue
            }
            return try await cluster.during(body)
        }
        throw MissingPart("no free ports for \(size) members in three attempts")
    }

    /// Runs `body` beside members made by `reserve`, whose data directories may hold something already.
    package static func run<Value>(
        _ members: [EtcdMember], isolation: isolated (any Actor)? = #isolation,
        _ body: (EtcdCluster) async throws -> Value
    ) async throws -> Value {
        let cluster = EtcdCluster(members)
        do {
            try await cluster.start()
        } catch {
            await cluster.end()
            throw error
        }
        return try await cluster.during(body)
    }

    /// Members `m0`, `m1`, … with ports and directories, not started: for what must know their peer URLs first.
    package static func reserve(
        _ size: Int, _ release: EtcdRelease, options: EtcdOptions = EtcdOptions()
    ) throws -> [EtcdMember] {
        var options = options
        options.authentication = EtcdOptions.Switch()
        return try (0..<size).map { try EtcdMember(release, name: "m\($0)", options: options) }
    }

    /// `m0=http://…,m1=http://…`, as `--initial-cluster` takes it.
    package var initialCluster: String { members.map { "\($0.name)=\($0.peerURL)" }.joined(separator: ",") }

    /// A further member, not started and not yet known to the others: add its peer URL, then `join` it.
    package func reserveMember() throws -> EtcdMember {
        try EtcdMember(release, name: "m\(members.count)", options: members[0].options)
    }

    /// Starts a member whose peer URL was added before. It is healthy only once it is a voter.
    package func join(_ member: EtcdMember) async throws {
        all.withLock { $0.append(member) }
        try await member.start(bootstrap: ["--initial-cluster", initialCluster, "--initial-cluster-state", "existing"])
    }

    /// Runs etcdctl against the first running member; it must succeed.
    @discardableResult
    package func etcdctl(
        _ arguments: String..., input: String = "", within limit: Duration = .seconds(60)
    ) async throws -> String {
        guard let member = members.first(where: \.isRunning) else { throw MissingPart("no member is running") }
        return try await member.etcdctl(arguments, input: input).output(within: limit)
    }

    private func start() async throws {
        let bootstrap = ["--initial-cluster", initialCluster, "--initial-cluster-token", "test-\(members[0].peerPort)"]
        for member in members { try await member.start(bootstrap: bootstrap) }
        for member in members { try await member.waitUntilHealthy() }
        try await enableAuthentication()
    }

    private func enableAuthentication() async throws {
        let options = members[0].options
        guard let password = options.rootPassword, options.currentRootPassword == nil else { return }
        try await etcdctl("user", "add", "root:\(password)")
        try await etcdctl("user", "grant-role", "root", "root")
        try await etcdctl("auth", "enable")
        options.authentication.isOn.withLock { $0 = true }
    }

    private func during<Value>(
        isolation: isolated (any Actor)? = #isolation, _ body: (EtcdCluster) async throws -> Value
    ) async throws -> Value {
        do {
            let value = try await body(self)
            await end()
            return value
        } catch {
            await end()
            throw error
        }
    }

    private func end() async {
        for member in members { await member.end() }
    }
}
