import EtcdRecoverModel
import FoundationEssentials
import TestSupport
import Testing

/// A kind of ours, as far as it tells how the work ended.
protocol Work: KubernetesResource {
    /// What the plugin calls it.
    static var word: String { get }
    var ending: Ending? { get }
    var succeeded: Condition? { get }
}

enum Ending: String, Sendable {
    case completed = "Completed"
    case failed = "Failed"
}

extension EtcdBackup: Work {
    static let word = "backup"
    var ending: Ending? { (status?.phase?.rawValue).flatMap(Ending.init) }
    var succeeded: Condition? { status?.conditions?["Succeeded"] }
}

extension EtcdRestore: Work {
    static let word = "restore"
    var ending: Ending? { (status?.phase?.rawValue).flatMap(Ending.init) }
    var succeeded: Condition? { status?.conditions?["Succeeded"] }
}

extension Kubectl {
    func object<Kind: KubernetesResource>(_ name: String, as kind: Kind.Type = Kind.self) async throws -> Kind {
        let json = try await output("get", "\(Kind.plural).operator.etcd.io", name, "-o", "json")
        return try JSONDecoder().decode(Kind.self, from: Data(json.utf8))
    }

    /// The object when it has ended as expected, or a failure with all there is to know. What is done here takes seconds; the
    /// bound is that of a machine that is busy with other things, and below every restoreTimeout.
    func ended<Kind: Work>(
        _ name: String, as kind: Kind.Type = Kind.self, expecting ending: Ending,
        within bound: Duration = .seconds(150),
        at location: SourceLocation = #_sourceLocation
    ) async throws -> Kind {
        let limit = "\(bound.components.seconds)s"
        let wait = try await plugin.command(["wait", "\(Kind.word)/\(name)", "--timeout", limit])
            .run(within: bound + .seconds(10))
        let object: Kind = try await object(name)
        guard object.ending == ending else {
            let condition = object.succeeded.map { "\($0.reason ?? ""): \($0.message ?? "")" } ?? "no condition"
            let all = try await run("get", "etcdclusters,pods,events").output
            let logs = try await InstalledPods.current.log()
            throw MissingPart("\(Kind.word) \(name) is not \(ending): \(condition)\n\(wait.errors)\(all)\(logs)")
        }
        #expect(
            object.succeeded?.status == (ending == .completed ? "True" : "False"), "\(name)", sourceLocation: location)
        return object
    }
}
