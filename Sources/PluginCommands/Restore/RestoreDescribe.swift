import ArgumentParser
import EtcdRecoverModel

struct RestoreDescribe: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "describe", abstract: "Show EtcdRestores with their status, conditions and events.")

    @OptionGroup var options: DescribeOptionGroup

    func run() async throws { try await options.run(EtcdRestore.self) }
}
