import ArgumentParser
import EtcdRecoverModel

struct BackupCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Create backups and look at them.",
        subcommands: [BackupCreate.self, BackupList.self, BackupDescribe.self, BackupVerify.self, BackupDownload.self],
        aliases: ["backups"]
    )
}
