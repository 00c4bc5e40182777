import ArgumentParser
import EtcdRecoverModel
import FoundationEssentials
import YAML

struct CRDsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "crds", abstract: "Print the CustomResourceDefinitions, or write them into a directory")

    @Option(help: ArgumentHelp("Write one file for each here", valueName: "directory"))
    var output: String?

    func run() throws {
        let manifests = CustomResourceDefinition.manifests
        guard let output else {
            print(YAMLEmitter.emit(manifests.map { YAMLNode($0.manifest) }), terminator: "")
            return
        }
        guard FileManager.default.fileExists(atPath: output) else {
            throw ValidationError("there is no directory \(output)")
        }
        for (file, manifest) in manifests {
            try Data(YAMLEmitter.emit([YAMLNode(manifest)]).utf8).write(to: URL(filePath: "\(output)/\(file)"))
        }
    }
}

extension YAMLNode {
    /// With keys sorted, as kubectl prints them.
    fileprivate init(_ value: JSONValue) {
        self =
            switch value {
            case .null: .null
            case .bool(let value): .bool(value)
            case .int(let value): .int(value)
            case .double(let value): .double(value)
            case .string(let value): .string(value)
            case .array(let values): .sequence(values.map(YAMLNode.init))
            case .object(let members):
                .mapping(members.sorted { $0.key < $1.key }.map { ($0.key, YAMLNode($0.value)) })
            }
    }
}
