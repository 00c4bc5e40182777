import ArgumentParser
import EtcdRecoverModel
import KubernetesClient

struct VersionCommand: AsyncParsableCommand {
    enum Format: String, CaseIterable, ExpressibleByArgument, Sendable { case json, yaml }

    static let configuration = CommandConfiguration(
        commandName: "version", abstract: "Show the version of the plugin and of the API server.")

    @Flag(help: "Only the plugin's version; nothing is connected to")
    var client = false

    @Option(name: [.customShort("o", allowingJoined: true), .long], help: "Print JSON or YAML")
    var output: Format?

    @OptionGroup var color: ColorOptions
    @OptionGroup var connection: ConnectionOptions

    func run() async throws {
        let console = color.console
        guard !client else { return try console.print(Versions().rendered(as: output)) }
        do {
            let server = try await connection.connect(console: console).serverVersion()
            try console.print(Versions(server: server).rendered(as: output))
        } catch let error where !(error is CancellationError) {
            // What is known is told all the same.
            try console.print(Versions().rendered(as: output))
            throw error
        }
    }
}

struct Versions: Sendable {
    var server: ServerVersion?

    func rendered(as format: VersionCommand.Format?) -> String {
        switch format {
        case .json: json.jsonText() + "\n"
        case .yaml: json.yamlText()
        case nil:
            "Client Version: v\(Version.current)\n"
                + (server.map { "Server Version: \($0.gitVersion.printable())\n" } ?? "")
        }
    }

    private var json: JSONValue {
        .object(present: [
            "clientVersion": ["gitVersion": .string("v\(Version.current)"), "platform": .string(Self.platform)],
            "serverVersion": server.map { server in
                .object(present: [
                    "major": .string(server.major), "minor": .string(server.minor),
                    "gitVersion": .string(server.gitVersion), "platform": server.platform.map { .string($0) },
                ])
            },
        ])
    }

    private static var platform: String {
        #if arch(x86_64)
            "linux/amd64"
        #elseif arch(arm64)
            "linux/arm64"
        #else
            "linux"
        #endif
    }
}
