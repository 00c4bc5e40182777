import ArgumentParser
import EtcdRecoverModel

struct RulesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rules", abstract: "Print every rule that our objects are held to, as Markdown")

    func run() {
        print(RuleCatalogue.markdown, terminator: "")
    }
}
