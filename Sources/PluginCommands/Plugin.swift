package import ArgumentParser
import EtcdRecoverModel
import Glibc

/// `kubectl etcdrecover`.
package struct Plugin: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "kubectl etcdrecover",
        abstract: "Back up and restore etcd on Kubernetes.",
        discussion: """
            Exit codes: 0 success of the operation, 1 failure, 2 usage, 3 nothing to recover, 124 timeout, 130 interrupted.
            """,
        subcommands: [
            Validate.self, BackupCommand.self, RestoreCommand.self, RecoverCommand.self, RoundTripCommand.self,
            SnapshotCommand.self,
            StoreCommand.self,
            MembersCommand.self,
            HealthCommand.self, QuorumCommand.self, Wait.self, VersionCommand.self, CompletionCommand.self,
            ReferenceCommand.self,
        ]
    )

    package static let _errorLabel = "error"

    package init() {}
}

extension Plugin {
    /// Runs the command line of this process and ends it.
    package static func runProcess() async -> Never {
        // A reader that goes away shows as an error of the write, and not as the death of the process.
        signal(SIGPIPE, SIG_IGN)
        // So does a limit on the size of files.
        signal(SIGXFSZ, SIG_IGN)
        Glibc.exit(await run(Array(CommandLine.arguments.dropFirst()), console: Console()).rawValue)
    }

    /// Parses and runs one command line, without the program's name.
    static func run(_ arguments: [String], console: Console) async -> ExitStatus {
        if arguments.first == "__complete" {
            let answer = await Completion.answer(Array(arguments.dropFirst()))
            return (try? console.print(answer)) == nil ? .failure : .success
        }
        var command: any ParsableCommand
        do {
            command = try parseAsRoot(ArgumentNormalizer.normalize(arguments, root: Plugin.self))
        } catch {
            let status = report(unparsed: error, console: console)
            if status == .usage, !arguments.contains("create"), arguments.contains(where: isClusterFlag) {
                console.note(
                    "note: --cluster names an EtcdCluster, in backup create; the kubeconfig's cluster is --kube-cluster"
                )
            }
            // What is said above may be about its value, which nobody took.
            if status == .usage, let (option, near) = ArgumentNormalizer.unknownOption(in: arguments, root: Plugin.self)
            {
                console.note(
                    "note: this command has no option \(option)" + (near.map { "; did you mean \($0)?" } ?? ""))
            }
            if status == .usage, let meant = ArgumentNormalizer.meant(by: arguments, root: Plugin.self) {
                console.note("note: did you mean \"\(meant)\"?")
            }
            return status
        }
        do {
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
            return .success
        } catch let failure as CommandFailure {
            console.error(failure.description.printable(keepsLayout: true))
            return failure.status
        } catch is CancellationError {
            return .interrupted
        } catch let code as ExitCode {
            return ExitStatus(rawValue: code.rawValue) ?? .failure
        } catch  where Plugin.exitCode(for: error) != .failure {
            // Help that a command asks for when it is run.
            return report(unparsed: error, console: console)
        } catch {
            console.error(String(describing: error).printable(keepsLayout: true))
            return .failure
        }
    }

    /// kubectl's own flag for the kubeconfig's cluster.
    private static func isClusterFlag(_ argument: String) -> Bool {
        argument == "--cluster" || argument.hasPrefix("--cluster=")
    }

    /// A request for help is answered on the output, a command line that makes no sense on the diagnostics.
    private static func report(unparsed error: any Error, console: Console) -> ExitStatus {
        let text = fullMessage(for: error)
        guard exitCode(for: error) == .success else {
            console.note(text.printable(keepsLayout: true))
            return .usage
        }
        do {
            try console.print(text)
            return .success
        } catch {
            console.error(error.description)
            return error.status
        }
    }
}
