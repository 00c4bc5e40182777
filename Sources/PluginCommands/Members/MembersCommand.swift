import ArgumentParser
import EtcdClient
import EtcdRecoverModel

/// Whose members, and where they are looked for: what `members`, `health` and `quorum` have in common.
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

    @OptionGroup var options: EtcdCommandOptions

    func validate() throws {
        guard let target, EtcdTarget(target) == nil else { return }
        throw ValidationError("\"\(target)\" is no CLUSTER, statefulset/NAME or pod/NAME")
    }

    var console: Console { options.color.console }

    /// Runs `body` with the way to the members, until it ends or somebody wants the program to.
    func withClient<Value: Sendable>(
        _ body: @escaping @Sendable (EtcdAccess, EtcdClient) async throws -> Value
    ) async throws -> Value {
        let (options, target, console) = (options, target.flatMap { EtcdTarget($0) }, console)
        return try await interruptible {
            try await options.withAccess(to: target, console: console) { access in
                let client = try access.client()
                let value = try await body(access, client)
                await client.shutdown()
                return value
            }
        }
    }
}

struct MembersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "members",
        abstract: "List etcd's members with what each says of itself.",
        discussion: """
            Every member is asked by itself and at once, so that this answers without quorum too. Given one endpoint, the \
            others are found through it. Ends with 1 when no member answers.

              kubectl etcdrecover members main -n databases
              kubectl etcdrecover members --endpoints https://10.0.0.1:2379 --cacert ca.crt --cert c.crt --key c.key
            """
    )

    @OptionGroup var survey: SurveyOptions

    func run() async throws {
        let console = survey.console
        let discovers = !survey.endpointsOnly
        let found = try await survey.withClient { try await $0.survey($1, discovers: discovers) }
        try found.requireAnswer()
        try console.print(survey.output.map { found.json.rendered(as: $0) } ?? found.table.text())
        for row in found.rows {
            if let trouble = row.trouble { console.note("note: \(row.title): \(trouble)".printable()) }
        }
    }
}

extension ClusterSurvey {
    /// Throws when there was none, with each reason.
    func requireAnswer() throws(CommandFailure) {
        guard answered.isEmpty else { return }
        let reasons = rows.map { "\n  \($0.trouble ?? "\($0.title) was not asked")" }
        throw CommandFailure("no member answered:" + reasons.joined())
    }
}
