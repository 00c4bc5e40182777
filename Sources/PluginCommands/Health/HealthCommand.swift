import ArgumentParser
import EtcdClient
import EtcdRecoverModel

struct HealthCommand: SurveyCommand {
    static let configuration = CommandConfiguration(
        commandName: "health",
        abstract: "Check every member of etcd: reachable, reading, without alarms.",
        discussion: """
            Asks each member for its status, a read of its own data, and a read that takes a quorum, all at once. Ends with 0 \
            only when every member of the cluster is healthy.

              kubectl etcdrecover health main -n databases
              kubectl etcdrecover health --endpoints https://10.0.0.1:2379 --cacert ca.crt --cert c.crt --key c.key
            """
    )

    @OptionGroup var survey: SurveyOptions
    @OptionGroup(title: "etcd") var etcd: EtcdFlags
    @OptionGroup var color: ColorOptions
    @OptionGroup(title: "Kubernetes, for a target by name") var kubernetes: KubernetesOptions

    func run() async throws {
        let console = color.console
        let discovers = !survey.endpointsOnly
        let report = try await withClient { access, client in
            let found = try await access.survey(client, discovers: discovers)
            return HealthReport(members: try await found.health(client))
        }
        try console.print(
            survey.output.map { report.json.rendered(as: $0) }
                ?? report.table.text(style: console.style(.output).health))
        for line in report.details { console.note(line.printable()) }
        if let failure = report.failure { throw failure }
    }
}

extension Style {
    fileprivate func health(_ cell: String) -> String {
        switch cell {
        case "healthy": paint(cell, .green)
        case "unhealthy": paint(cell, .red)
        default: cell
        }
    }
}
