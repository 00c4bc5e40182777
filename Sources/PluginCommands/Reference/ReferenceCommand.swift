import ArgumentParser

/// Prints `docs/cli.md`.
struct ReferenceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reference", abstract: "Print this command line's reference as Markdown.", shouldDisplay: false)

    func run() throws { print(Self.markdown, terminator: "") }

    /// Every command's help as the program prints it, in the order of `--help`.
    static var markdown: String {
        var text = """
            # The command line

            Printed by `kubectl etcdrecover reference`; a test fails when this page and the program differ.

            """
        for path in paths(from: [Plugin.self]) {
            let title = path.map { $0.configuration.commandName ?? "" }.joined(separator: " ")
            var help = Plugin.helpMessage(for: path[path.count - 1], columns: 100)
            while help.last == "\n" { help.removeLast() }
            text += "\n## \(title)\n\n```text\n\(help)\n```\n"
        }
        return text
    }

    private static func paths(from path: [any ParsableCommand.Type]) -> [[any ParsableCommand.Type]] {
        let children = path[path.count - 1].configuration.subcommands.filter { $0.configuration.shouldDisplay }
        return [path] + children.flatMap { paths(from: path + [$0]) }
    }
}
