import ArgumentParser
import EtcdRecoverModel

struct BackupDescribe: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "describe", abstract: "Show EtcdBackups with their status, conditions and events.")

    @OptionGroup var options: DescribeOptionGroup

    func run() async throws { try await options.run(EtcdBackup.self) }
}
