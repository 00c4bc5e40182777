import EtcdRecoverModel
import FoundationEssentials
import KubernetesClient

/// Creating an object of ours: judged by the rules first, then sent as it was written, for the server to default.
struct Creation<Kind: Job>: Sendable {
    var object: Kind
    var options = RuleOptions(unavailableLookup: .unresolved)

    /// What the rules say about the object as it would be stored. `lookup` nil: only what needs none.
    func findings(asking lookup: (any Lookup)?) async throws -> [Finding] {
        var decoded = Kind.decode(try WholeObject(object).json, unknownFields: .refuse)
        if let lookup { return await decoded.defaultedFindings(asking: lookup, options: options) }
        decoded.object = decoded.object.defaulted(sourceVersion: nil)
        return decoded.pureFindings(options: options)
    }

    /// Tells warnings and what could not be looked up. Throws when the rules refuse the object, with every problem.
    static func judge(
        _ findings: [Finding], name: String, warnings: ShownWarnings, console: Console
    ) throws(CommandFailure) {
        for finding in findings {
            let text = "\(finding.path): \(finding.message)"
            switch finding.severity {
            case .warning: warnings.show(text, rule: finding.rule)
            case .unresolved: console.note("note: \(text) [\(finding.rule)]".printable())
            case .error: break
            }
        }
        let errors = findings.filter { $0.severity == .error }
        guard errors.isEmpty else {
            let list = errors.map { "  \($0.path): \($0.message) [\($0.rule)]" }.joined(separator: "\n")
            throw CommandFailure(
                "\(Kind.commandName) \"\(name)\" is not valid and was not sent:\n\(list)")
        }
    }

    /// The object as the server stored it, or would.
    func send(to client: KubernetesClient, dryRun: Bool) async throws -> WholeObject<Kind> {
        let options = WriteOptions(dryRun: dryRun, fieldManager: "kubectl-etcdrecover", fieldValidation: .strict)
        return try await client.create(WholeObject(object), options: options)
    }
}

extension WholeObject where Kind: Job {
    init(_ object: Kind) throws {
        metadata = object.metadata
        json = try JSONDecoder().decode(JSONValue.self, from: JSONEncoder().encode(object))
    }

    /// What `create` prints. `suffix`: ` (dry run)`.
    func rendered(as format: ObjectFormat?, suffix: String = "") -> String {
        switch format {
        case nil: Kind.qualifiedName(metadata.name ?? "") + " created\(suffix)\n"
        case .name: Kind.qualifiedName(metadata.name ?? "") + "\n"
        case .json: shown.jsonText() + "\n"
        case .yaml: shown.yamlText()
        }
    }
}
