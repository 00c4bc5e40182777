import ArgumentParser
import EtcdClient
import EtcdRecoverModel

struct MembersCommand: SurveyCommand {
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
    @OptionGroup(title: "etcd") var etcd: EtcdFlags
    @OptionGroup var color: ColorOptions
    @OptionGroup(title: "Kubernetes, for a target by name") var kubernetes: KubernetesOptions

    func run() async throws {
        let console = color.console
        let discovers = !survey.endpointsOnly
        let found = try await withClient { try await $0.survey($1, discovers: discovers) }
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
