import ArgumentParser
import EtcdRecoverModel

struct RecoverCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "recover",
        abstract: "Recover a cluster that has lost its majority.",
        usage: """
            kubectl etcdrecover recover CLUSTER|statefulset/NAME [--plan] [<options>]
            kubectl etcdrecover recover <subcommand>
            """,
        discussion: """
            "recover CLUSTER" shows what was found and what would be done, asks for the cluster's name, and follows the \
            recovery to its end. Nothing is changed before that. All its options: kubectl etcdrecover recover run --help

              kubectl etcdrecover recover main -n databases --plan
              kubectl etcdrecover recover main -n databases
            """,
        subcommands: [
            RecoverRun.self, RecoverList.self, RecoverDescribe.self, RecoverAcknowledge.self, RecoverAbort.self,
        ],
        defaultSubcommand: RecoverRun.self,
        aliases: ["recovery", "recoveries"]
    )
}

struct RecoverList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List EtcdRecoveries.", aliases: ["ls", "get"])

    @OptionGroup var options: ListOptionGroup

    func run() async throws { try await options.run(EtcdRecovery.self) }
}

struct RecoverDescribe: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "describe", abstract: "Show EtcdRecoveries with their status, conditions and events.")

    @OptionGroup var options: DescribeOptionGroup

    func run() async throws { try await options.run(EtcdRecovery.self) }
}
