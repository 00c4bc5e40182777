import ArgumentParser
import EtcdRecoverModel

struct RulesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rules", abstract: "Print every rule that EtcdBackups and EtcdRestores are held to, as Markdown")

    func run() {
        print(RuleCatalogue.markdown, terminator: "")
    }
}
