import ArgumentParser
import EtcdRecoverModel

struct RestoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Create restores and look at them.",
        subcommands: [RestoreCreate.self, RestoreList.self, RestoreDescribe.self],
        aliases: ["restores"]
    )
}
