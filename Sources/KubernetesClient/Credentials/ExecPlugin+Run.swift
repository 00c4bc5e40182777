import FoundationEssentials
import Glibc
import HTTP
import Subprocess

extension ExecPlugin {
    /// Runs the plugin once. Its stderr goes to ours; what it prints is read up to a limit and never repeated.
    func run(now: Date, limit: Duration = Limits.execTimeout) async throws -> ExecResult {
        let interactive = try usesTerminal()
        let outcome: Outcome
        do {
            outcome = try await withDeadline(limit) { try await execute(interactive: interactive) }
        } catch let error as SubprocessError {
            throw explained(error)
        } catch is DeadlinePassed {
            throw CredentialError.pluginTimedOut(command: command, after: limit)
        }
        guard outcome.status.isSuccess else {
            throw CredentialError.pluginFailed(command: command, status: outcome.status.words)
        }
        return try ExecResult(outcome.output, of: self, now: now)
    }

    private struct Outcome: Sendable {
        var status: TerminationStatus
        var output: [UInt8]
    }

    private func usesTerminal() throws(CredentialError) -> Bool {
        let hasTerminal = isatty(STDIN_FILENO) == 1
        switch interactiveMode {
        case .never: return false
        case .ifAvailable: return hasTerminal
        case .always:
            guard hasTerminal else { throw .pluginNeedsTerminal(command: command) }
            return true
        }
    }

    private func execute(interactive: Bool) async throws -> Outcome {
        var overrides: [Environment.Key: String?] = [:]
        for (name, value) in environment { overrides[.named(name)] = value.reveal() }
        overrides[.named("KUBERNETES_EXEC_INFO")] = try ExecRequest.json(for: self, interactive: interactive)
        var platform = PlatformOptions()
        // A plugin on the terminal stays in the foreground's process group; any other gets its own, so that what it
        // starts is stopped with it.
        platform.processGroupID = interactive ? nil : 0
        platform.teardownSequence = [
            .send(signal: .terminate, toProcessGroup: !interactive, allowedDurationToNextStep: .seconds(1))
        ]
        let configuration = Configuration(
            executable: command.contains("/") ? .path(literal(command)) : .name(command),
            arguments: Arguments(arguments), environment: .inherit.updating(overrides), platformOptions: platform)
        if interactive {
            let result = try await Subprocess.run(
                configuration, input: .currentStandardInput, output: .bytes(limit: Limits.execOutput),
                error: .currentStandardError)
            return Outcome(status: result.terminationStatus, output: result.standardOutput)
        }
        let result = try await Subprocess.run(
            configuration, output: .bytes(limit: Limits.execOutput), error: .currentStandardError)
        return Outcome(status: result.terminationStatus, output: result.standardOutput)
    }

    private func explained(_ error: SubprocessError) -> CredentialError {
        switch error.code {
        case .executableNotFound: .pluginNotFound(command: command, installHint: installHint)
        case .outputLimitExceeded: .pluginOutputTooLarge(command: command, limit: Limits.execOutput)
        case .spawnFailed where access(command, F_OK) != 0 && command.contains("/"):
            .pluginNotFound(command: command, installHint: installHint)
        default: .pluginCannotStart(command: command, reason: "\(error)")
        }
    }
}

/// A value of a type of another module, which this one does not import, from a string known at run time only.
private func literal<Value: ExpressibleByStringLiteral>(_ text: String) -> Value
where Value.StringLiteralType == String {
    Value(stringLiteral: text)
}

extension Environment.Key {
    fileprivate static func named(_ name: String) -> Self { Self(stringLiteral: name) }
}

extension TerminationStatus {
    fileprivate var words: String {
        switch self {
        case .exited(let code): "exit code \(code)"
        case .signaled(let signal): "signal \(signal)"
        }
    }
}

struct DeadlinePassed: Error {}

/// Cancels `operation` after `limit` and throws `DeadlinePassed`.
func withDeadline<Value: Sendable>(
    _ limit: Duration, _ operation: @escaping @Sendable () async throws -> Value
) async throws -> Value {
    try await withThrowingTaskGroup(of: Value?.self) { group in
        group.addTask { try await operation() }
        group.addTask {
            try await Task.sleep(for: limit)
            return nil
        }
        defer { group.cancelAll() }
        guard let first = try await group.next(), let value = first else { throw DeadlinePassed() }
        return value
    }
}
