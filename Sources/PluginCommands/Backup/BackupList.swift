import ArgumentParser
import EtcdRecoverModel

struct BackupList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List EtcdBackups.", aliases: ["ls", "get"])

    @OptionGroup var options: ListOptionGroup

    func run() async throws { try await options.run(EtcdBackup.self) }
}
