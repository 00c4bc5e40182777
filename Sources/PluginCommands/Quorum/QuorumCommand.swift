import ArgumentParser
import EtcdClient
import EtcdRecoverModel

struct QuorumCommand: SurveyCommand {
    static let configuration = CommandConfiguration(
        commandName: "quorum",
        abstract: "Say whether etcd has its quorum, and what that is concluded from.",
        discussion: """
            Concluded from what each member says of itself, so that it answers without quorum, too. Ends with 0 when there is \
            one and with 1 otherwise: unconfirmed (a leader is named by too few, who may not know yet that the others are \
            gone), electing (enough voters are there and a leader will be soon), no leader (they elect none for as long as \
            --for says), suspected (too few, which may pass), lost (too few for as long as --for says), unknown (nobody \
            answered, which may be the network).

            A learner has no vote. Where the members cannot all be reached from here, --for 10s or longer tells a leader that \
            still leads from one that is only remembered.

            What to do about one that is lost says "kubectl etcdrecover recover CLUSTER", which shows everything and asks \
            before anything is changed.

              kubectl etcdrecover quorum main -n databases
              kubectl etcdrecover quorum main --for 30s
            """
    )

    @OptionGroup var survey: SurveyOptions
    @OptionGroup(title: "etcd") var etcd: EtcdFlags
    @OptionGroup var color: ColorOptions
    @OptionGroup(title: "Kubernetes, for a target by name") var kubernetes: KubernetesOptions

    @Option(
        name: .customLong("for"),
        help: ArgumentHelp(
            "Look again for as long as there is no quorum, as 30s; one that is missing all the while is called lost",
            valueName: "duration"))
    var patience = "0s"

    func run() async throws {
        let patience = try duration(patience, flag: "--for")
        guard patience >= .zero else { throw CommandFailure("--for must not be negative", status: .usage) }
        let console = color.console
        let discovers = !survey.endpointsOnly
        let report = try await withClient {
            try await QuorumReport.observe($0, $1, discovers: discovers, patience: patience)
        }
        try console.print(survey.output.map { report.json.rendered(as: $0) } ?? report.text(console.style(.output)))
        if report.verdict.answering == 0 {
            console.note(
                "note: members that were restarted without a quorum never answer. Where their data lie, and with etcd stopped: "
                    + "kubectl etcdrecover snapshot save --from-data-dir DIR FILE")
        }
        guard report.verdict.canDecide else { throw ExitStatus.failure.exitCode }
    }
}
