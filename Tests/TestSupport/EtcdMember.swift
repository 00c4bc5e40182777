import Glibc
import Synchronization

/// One etcd process on ports of its own, with a data directory that outlives it: it can be killed and started again.
///
/// `EtcdCluster.run` ends what is left running. Whoever starts a member outside of a cluster ends it with `end()`.
package final class EtcdMember: Sendable {
    package let release: EtcdRelease
    package let name: String
    package let clientPort: Int
    package let peerPort: Int
    /// Not there before the first start, unless something was restored into it.
    package let dataDirectory: String
    let options: EtcdOptions
    private let folder: TemporaryDirectory
    private let state = Mutex(State())

    private struct State {
        var process: (service: Service, task: Task<Void, Never>)?
        var lastService: Service?
        /// `--initial-cluster` and its kin, as at the first start.
        var bootstrap: [String] = []
    }

    package init(_ release: EtcdRelease, name: String = "m0", options: EtcdOptions = EtcdOptions()) throws {
        self.release = release
        self.name = name
        self.options = options
        folder = try TemporaryDirectory()
        dataDirectory = folder.path(of: "data")
        (clientPort, peerPort) = (try freePort(), try freePort())
    }

    package var clientURL: String { "\(options.tls == nil ? "http" : "https")://127.0.0.1:\(clientPort)" }
    /// `127.0.0.1:PORT`.
    package var endpoint: String { "127.0.0.1:\(clientPort)" }
    package var peerURL: String { "http://127.0.0.1:\(peerPort)" }
    /// Path of the live database.
    package var database: String { "\(dataDirectory)/member/snap/db" }
    package var isRunning: Bool { state.withLock { $0.process?.service.isRunning ?? false } }
    /// What its newest process has written.
    package var log: String { state.withLock { $0.lastService?.log ?? "" } }

    /// Starts the process; it may need others before it answers. `bootstrap` is for the first start of an empty member,
    /// as etcd ignores it where there is a WAL.
    package func start(bootstrap: [String] = []) async throws {
        let kept = state.withLock { state in
            if !bootstrap.isEmpty { state.bootstrap = bootstrap }
            return state.bootstrap
        }
        let command = Command(release.etcd, arguments(kept))
        let (starts, started) = AsyncThrowingStream<Service, any Error>.makeStream()
        // `end(_:)` awaits it.
        let task = Task {
            do {
                _ = try await Service.run(command) { service in
                    started.yield(service)
                    while service.isRunning { try await Task.sleep(for: .milliseconds(20)) }
                }
                started.finish()
            } catch {
                started.finish(throwing: error)
            }
        }
        for try await service in starts {
            state.withLock { state in
                state.process = (service, task)
                state.lastService = service
            }
            return
        }
        throw MissingPart("\(release.etcd) did not start")
    }

    /// As a power cut would, but for what the kernel has not written yet.
    package func kill() async { await end(SIGKILL) }
    /// As the kubelet would.
    package func stop() async { await end(SIGTERM) }
    /// Stops it where it stands: connections stay open and nothing answers, until `thaw()`.
    package func freeze() { state.withLock { $0.process?.service.signal(SIGSTOP) } }
    package func thaw() { state.withLock { $0.process?.service.signal(SIGCONT) } }

    /// Ends the process, if there is one, and waits until it is gone.
    package func end(_ signal: Int32 = SIGKILL) async {
        let process = state.withLock { $0.process.take() }
        guard let process else { return }
        process.service.signal(signal)
        process.service.signal(SIGCONT)
        await process.task.value
    }

    /// Waits until it answers as a healthy member, which takes a leader; fails with its log.
    package func waitUntilHealthy(within limit: Duration = .seconds(60)) async throws {
        guard let service = state.withLock({ $0.process?.service }) else { throw MissingPart("\(name) is not started") }
        try await service.wait(for: "healthy etcd member \(name)", within: limit) {
            try await self.etcdctl(["endpoint", "health"]).run().succeeded && service.isRunning
        }
    }

    /// `etcdctl` of the same release, speaking to this member as the cluster's root.
    package func etcdctl(_ arguments: [String], input: String = "") -> Command {
        // A busy machine is no reason to fail.
        var flags = ["--endpoints", clientURL, "--command-timeout", "60s", "--dial-timeout", "60s"]
        if let tls = options.tls {
            flags += ["--cacert", tls.authority, "--cert", tls.certificate(.root), "--key", tls.key(.root)]
        }
        if let password = options.currentRootPassword { flags += ["--user", "root:\(password)"] }
        return Command(release.etcdctl, flags + arguments, environment: ["ETCDCTL_API": "3"], input: input)
    }

    private func arguments(_ bootstrap: [String]) -> [String] {
        var arguments = [
            "--name", name, "--data-dir", dataDirectory, "--logger", "zap",
            "--listen-client-urls", clientURL, "--advertise-client-urls", clientURL,
            "--listen-peer-urls", peerURL, "--initial-advertise-peer-urls", peerURL,
        ]
        if release.isAtLeast("3.5") { arguments.append("--unsafe-no-fsync") }
        if let tls = options.tls {
            arguments += ["--cert-file", tls.certificate(.server), "--key-file", tls.key(.server)]
            arguments += ["--trusted-ca-file", tls.authority, "--client-cert-auth"]
        }
        if let quota = options.quota { arguments += ["--quota-backend-bytes", "\(quota)"] }
        return arguments + options.arguments + bootstrap
    }
}
