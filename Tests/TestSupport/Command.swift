import FoundationEssentials
import Glibc
import Subprocess

/// A program, run to its end.
package struct Command: Sendable {
    package struct Result: Sendable {
        /// The exit code; 128 and more: ended by that signal, as shells have it.
        package let status: Int32
        package let output: String
        package let errors: String

        package var succeeded: Bool { status == 0 }
    }

    /// A run that did not end in time, or could not start.
    package struct Failed: Error, CustomStringConvertible {
        package let description: String
    }

    package var program: String
    package var arguments: [String]
    /// Added to the environment of the tests; nil takes a variable away. `KUBECONFIG` is never passed on.
    package var environment: [String: String?]
    package var input: String

    package init(
        _ program: String, _ arguments: [String] = [], environment: [String: String?] = [:], input: String = ""
    ) {
        self.program = program
        self.arguments = arguments
        self.environment = environment
        self.input = input
    }

    /// Runs it; its process group is ended when it takes longer than `limit` or the task is cancelled. A status other
    /// than 0 is a result, not an error. At most 16 MiB of output are kept, more is an error.
    package func run(within limit: Duration = .seconds(120)) async throws -> Result {
        try await withThrowingTaskGroup(of: Result?.self) { group in
            group.addTask { try await collect() }
            group.addTask {
                try await Task.sleep(for: limit)
                return nil
            }
            defer { group.cancelAll() }
            guard let first = try await group.next(), let result = first else {
                throw Failed(description: "\(line) did not end within \(limit)")
            }
            return result
        }
    }

    /// The output of a run that must succeed.
    @discardableResult
    package func output(within limit: Duration = .seconds(120)) async throws -> String {
        let result = try await run(within: limit)
        guard result.succeeded else {
            throw Failed(description: "\(line): exit status \(result.status)\n\(result.errors)\(result.output)")
        }
        return result.output
    }

    package static func isInstalled(_ program: String) -> Bool {
        let folders = (TestEnvironment.variables["PATH"] ?? "").split(separator: ":").map(String.init) + ["/usr/sbin"]
        return folders.contains { access("\($0)/\(program)", X_OK) == 0 }
    }

    private var line: String { ([program] + arguments).joined(separator: " ") }

    private func collect() async throws -> Result {
        let limit = 16 << 20
        // The input is a file that the shell opens: swift-subprocess 1.0.2 ends the whole process when a program whose
        // input it writes is cancelled or ends early.
        let files = try TemporaryDirectory()
        defer { withExtendedLifetime(files) {} }
        var redirected = self
        if !input.isEmpty {
            redirected.program = "/bin/sh"
            redirected.arguments =
                ["-c", "exec \"$@\" <\"$0\"", try files.write(input, to: "input"), program] + arguments
        }
        let result = try await Subprocess.run(
            redirected.configuration, input: .none, output: .string(limit: limit), error: .string(limit: limit))
        let status: Int32 =
            switch result.terminationStatus {
            case .exited(let code): code
            case .signaled(let signal): 128 + signal
            }
        return Result(status: status, output: result.standardOutput, errors: result.standardError)
    }

    /// In a process group of its own, so that what it starts is stopped with it.
    var configuration: Configuration {
        var overrides: [Environment.Key: String?] = ["KUBECONFIG": nil]
        for (name, value) in environment { overrides[Environment.Key(stringLiteral: name)] = value }
        var platform = PlatformOptions()
        platform.processGroupID = 0
        platform.teardownSequence = [
            .send(signal: .terminate, toProcessGroup: true, allowedDurationToNextStep: .seconds(2))
        ]
        return Configuration(
            executable: program.contains("/") ? .path(literal(program)) : .name(program),
            arguments: Arguments(arguments), environment: .inherit.updating(overrides), platformOptions: platform)
    }
}

/// A value of a type of another module, which this one does not import, from a string known at run time only.
private func literal<Value: ExpressibleByStringLiteral>(_ text: String) -> Value
where Value.StringLiteralType == String {
    Value(stringLiteral: text)
}
