import EtcdRecoverModel
import FoundationEssentials
import Glibc
import TestSupport

/// One run of `etcdrecover agent`, as the init container of a member's pod runs it.
struct AgentRun: Sendable {
    static let program = "\(TestEnvironment.programs)/etcdrecover"

    var order: RestoreOrder
    var pod = "orders-0"
    /// Of the etcd container.
    var command: [String]
    var environment: [String: String] = [:]

    /// - Parameter member: whose data directory is laid; its flags are those of the etcd container.
    init(_ order: RestoreOrder, for member: EtcdMember, _ arguments: [String] = []) {
        self.order = order
        self.order.mountPaths = [member.dataDirectory.folder]
        command =
            [
                "/usr/local/bin/etcd", "--name=\(member.name)", "--data-dir=\(member.dataDirectory)",
                "--initial-advertise-peer-urls=\(member.peerURL)",
            ] + arguments
        pod = member.name
    }

    struct Ended: Sendable {
        let status: Int32
        /// Nil where it was killed before it could say anything.
        let report: AgentReport?
        let message: String
        let log: String
        /// The most it had at any time, in bytes, without the files that it maps.
        let memory: Int
    }

    /// Runs it to its end, or kills it after a while, or when something is seen.
    func run(
        killedAfter limit: Duration? = nil, when isSeen: (@Sendable () -> Bool)? = nil,
        within longest: Duration = .seconds(60)
    ) async throws -> Ended {
        let folder = try TemporaryDirectory()
        let termination = try folder.write("", to: "termination-log")
        var command = Command(
            Self.program, ["agent", "--termination-log", termination, "--log-format", "text", "--"] + self.command,
            environment: environment)
        command.environment[AgentVariable.order] = try order.json
        command.environment[AgentVariable.podName] = pod
        let ended = try await Service.run(command) { service in
            let start = ContinuousClock.now
            var memory = 0
            while service.isRunning {
                memory = max(memory, anonymousMemory(of: service.pid))
                let time = ContinuousClock.now - start
                if let limit, time >= limit { service.signal(SIGKILL) }
                if let isSeen {
                    // Without a pause: between two renames there is less than a millisecond.
                    if isSeen() { service.signal(SIGKILL) }
                    await Task.yield()
                    continue
                }
                if time > longest { throw MissingPart("the agent did not end within \(longest):\n\(service.log)") }
                try await Task.sleep(for: .milliseconds(1))
            }
            return (log: service.log, memory: memory)
        }
        let message = try folder.read("termination-log")
        return Ended(
            status: ended.status, report: AgentReport(terminationMessage: message), message: message,
            log: ended.value.log,
            memory: ended.value.memory)
    }
}

extension String {
    /// Of a path.
    var folder: String { String(self[..<(lastIndex(of: "/") ?? endIndex)]) }
}

/// In bytes; 0 for a process that has ended.
private func anonymousMemory(of pid: Int32) -> Int {
    let status = (try? String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix("RssAnon:") }
    return line.flatMap { Int($0.filter(\.isNumber)) }.map { $0 << 10 } ?? 0
}
