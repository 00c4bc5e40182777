import ArgumentParser
import EtcdRecoverModel

struct RestoreList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List EtcdRestores.", aliases: ["ls", "get"])

    @OptionGroup var options: ListOptionGroup

    func run() async throws { try await options.run(EtcdRestore.self) }
}
