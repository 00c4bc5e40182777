import FoundationEssentials
import Glibc
import Subprocess

/// A program that runs beside a test until the test ends it. Its output goes to one file.
package struct Service: Sendable {
    package let pid: Int32
    private let logs: TemporaryDirectory

    /// What it has written so far, to stdout and stderr.
    package var log: String { (try? logs.read("log")) ?? "" }

    /// One that has ended but was not waited for yet still has a process id, so its state is asked.
    package var isRunning: Bool {
        guard let stat = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8) else { return false }
        return stat.split(separator: ") ").last?.first != "Z"
    }

    /// Whether it has a handler for a signal.
    package func catches(_ number: Int32) -> Bool {
        let status = (try? String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("SigCgt:") }
        let mask = line.flatMap { UInt64($0.dropFirst("SigCgt:".count).drop(while: \.isWhitespace), radix: 16) } ?? 0
        return mask & (1 << (number - 1)) != 0
    }

    package func signal(_ number: Int32) { _ = kill(pid, number) }

    /// Runs `body` beside `command`, then ends it with SIGTERM and, `grace` later, SIGKILL. Returns what `body` returned
    /// and the exit status, 128 and more for a signal.
    package static func run<Value: Sendable>(
        _ command: Command, grace: Duration = .seconds(10), _ body: @Sendable (Service) async throws -> Value
    ) async throws -> (value: Value, status: Int32) {
        let logs = try TemporaryDirectory()
        // The shell redirects and is then replaced by the program, under the same pid.
        var redirected = command
        redirected.program = "/bin/sh"
        redirected.arguments =
            ["-c", "exec \"$@\" >\"$0\" 2>&1", logs.path(of: "log"), command.program] + command.arguments
        let result = try await Subprocess.run(
            redirected.configuration, input: .none, output: .discarded, error: .discarded
        ) { execution in
            let service = Service(pid: execution.processIdentifier.value, logs: logs)
            let ending: [TeardownStep] = [.send(signal: .terminate, allowedDurationToNextStep: grace)]
            do {
                let value = try await body(service)
                await execution.teardown(using: ending)
                return value
            } catch {
                await execution.teardown(using: ending)
                throw error
            }
        }
        let status: Int32 =
            switch result.terminationStatus {
            case .exited(let code): code
            case .signaled(let signal): 128 + signal
            }
        return (result.closureResult, status)
    }

    /// Waits until `condition` holds; fails with the log when the program ends first or `limit` passes.
    package func wait(
        for what: String, within limit: Duration = .seconds(120), until condition: @Sendable () async throws -> Bool
    ) async throws {
        try await eventually(what, within: limit, every: .milliseconds(50)) {
            if try await condition() { return true }
            guard isRunning else { throw MissingPart("ended before \(what):\n\(log)") }
            return nil
        } details: {
            ":\n\(log)"
        }
    }
}
