import ArgumentParser
import EtcdRecoverModel
import FoundationEssentials

/// A command, its flags and its subcommands, as ArgumentParser describes them.
struct CommandTree: Decodable, Sendable {
    var commandName: String
    var abstract: String?
    var shouldDisplay: Bool?
    var subcommands: [CommandTree]?
    var arguments: [Argument]?

    struct Argument: Decodable, Sendable {
        enum Kind: String, Decodable, Sendable { case positional, option, flag }

        struct Name: Decodable, Sendable {
            var kind: String
            var name: String

            var spelling: String { (kind == "long" ? "--" : "-") + name }
        }

        var kind: Kind
        var shouldDisplay: Bool
        var isRepeating: Bool
        var names: [Name]?
        var valueName: String?
        var abstract: String?
        var allValues: [String]?
        var completionKind: JSONValue?

        var spellings: [String] { names?.map(\.spelling) ?? [] }

        var values: [String] {
            guard case .array(let values)? = completionKind?["list"]?["values"] else { return allValues ?? [] }
            return values.compactMap(\.string)
        }

        var isFile: Bool { completionKind?["file"] != nil || completionKind?["directory"] != nil }
    }

    init(of command: any ParsableCommand.Type) throws {
        struct Document: Decodable { var command: CommandTree }
        self = try JSONDecoder().decode(Document.self, from: Data(command._dumpHelp().utf8)).command
    }
}
