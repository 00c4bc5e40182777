import Agent
import ArgumentParser
import EtcdRecoverModel
import FoundationEssentials
import Glibc
import HTTP
import Logging
import ObjectStore
import UnixSignals

struct AgentCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "agent", abstract: "Lay a member's data directory before its etcd starts",
        discussion: """
            Runs as the init container that a restore or recovery adds to a member's pod, with the arguments and the environment of the \
            etcd container. What is to be laid is in \(AgentVariable.order). Ends with a report as termination message. Before a \
            recovery it runs in a pod of its own beside a member whose etcd does not run, and saves what that has.
            """)

    @Option(help: ArgumentHelp("Where the report goes", valueName: "file"))
    var terminationLog = "/dev/termination-log"

    @OptionGroup(title: "Logging") var logging: LoggingOptions

    @Argument(parsing: .postTerminator, help: "The command and the arguments of the etcd container")
    var command: [String] = []

    func run() async throws {
        logging.bootstrap()
        let logger = Logger(label: "agent")
        let report: AgentReport
        do {
            report = try await lay(logger)
        } catch {
            logger.error("\(error.message)", metadata: ["reason": "\(error.reason.rawValue)"])
            report = AgentReport(error)
        }
        do {
            try writeTerminationMessage(try report.terminationMessage)
        } catch {
            logger.error("the report is lost: \(error)")
        }
        if report.result == .failed { throw ExitCode.failure }
    }

    private func lay(_ logger: Logger) async throws(AgentFailure) -> AgentReport {
        let variables = ProcessInfo.processInfo.environment
        let environment = try AgentEnvironment(command: command, variables: variables)
        let (http, local): (HTTPClient, HTTPClient)
        do {
            let userAgent = "etcdrecover-agent/\(Version.current)"
            http = try HTTPClient(.agent(for: environment.order, userAgent: userAgent))
            local = try HTTPClient(.init(proxy: .none, userAgent: userAgent))
        } catch {
            throw AgentFailure(.restoreFailed, "\(error)")
        }
        let order = environment.order
        let store =
            order.downloads(at: environment.pod.ordinal) || order.saves
            ? try ObjectStore.open(
                for: order, variables: variables, http: http, local: local,
                limits: order.saves ? TransferLimits(sourceDuration: environment.timeout) : .agent) : nil
        let outcome = await withTaskGroup(of: Result<AgentReport, AgentFailure>?.self) { group in
            group.addTask {
                do throws(AgentFailure) {
                    if order.saves, let store {
                        return .success(
                            try await DatabaseCopy(environment: environment, store: store, logger: logger).run())
                    }
                    return .success(
                        try await MemberAgent(environment: environment, store: store, logger: logger).run())
                } catch {
                    return .failure(error)
                }
            }
            group.addTask {
                // Process 1 of a container dies of no signal that it does not ask for.
                for await _ in await UnixSignalsSequence(trapping: .sigterm, .sigint) { return nil }
                return nil
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            if let first { return first }
            return await group.next().flatMap(\.self)
                ?? .failure(AgentFailure(.interrupted, "the restore was told to stop"))
        }
        await http.shutdown()
        await local.shutdown()
        return try outcome.get()
    }

    /// Into the file that Kubernetes has put there: it cannot be replaced by another.
    private func writeTerminationMessage(_ message: Data) throws {
        let file = open(terminationLog, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard file >= 0 else { throw AgentFailure(.restoreFailed, "cannot open \(terminationLog)") }
        defer { close(file) }
        let bytes = Array(message)
        guard write(file, bytes, bytes.count) == bytes.count else {
            throw AgentFailure(.restoreFailed, "cannot write \(terminationLog)")
        }
    }
}
