import ArgumentParser
import ClusterAccess
import EtcdClient

/// Whose members, and where they are looked for.
struct SurveyOptions: ParsableArguments {
    @Argument(
        help: ArgumentHelp(
            "Name of an EtcdCluster, statefulset/NAME or pod/NAME; without it --endpoints say where",
            valueName: "target"))
    var target: String?

    @Flag(
        help: "Ask only the endpoints given, and not the members that they name, as where advertised URLs lead nowhere")
    var endpointsOnly = false

    @Option(name: [.customShort("o", allowingJoined: true), .long], help: "Print JSON or YAML")
    var output: DataFormat?

    func validate() throws {
        guard let target, EtcdTarget(target) == nil else { return }
        throw ValidationError("\"\(target)\" is no CLUSTER, statefulset/NAME or pod/NAME")
    }
}

/// A command that asks all members of etcd: `members`, `health`, `quorum`.
protocol SurveyCommand: AsyncParsableCommand {
    var survey: SurveyOptions { get }
    var etcd: EtcdFlags { get }
    var color: ColorOptions { get }
    var kubernetes: KubernetesOptions { get }
}

extension SurveyCommand {
    /// Runs `body` with the way to the members, until it ends or somebody wants the program to.
    func withClient<Value: Sendable>(
        _ body: @escaping @Sendable (EtcdAccess, EtcdClient) async throws -> Value
    ) async throws -> Value {
        let connection = EtcdConnection(etcd: etcd, kubernetes: kubernetes)
        let (target, console) = (survey.target.flatMap { EtcdTarget($0) }, color.console)
        return try await interruptible {
            try await connection.withAccess(to: target, console: console) { access in
                let client = try access.client()
                let value = try await body(access, client)
                await client.shutdown()
                return value
            }
        }
    }
}
