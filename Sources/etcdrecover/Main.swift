import ArgumentParser

@main
struct EtcdRecover: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "etcdrecover",
        abstract: "Backup and recovery of etcd on Kubernetes: what runs in the cluster",
        subcommands: [
            WebhookCommand.self, ControllerCommand.self, AgentCommand.self, CRDsCommand.self, RulesCommand.self,
            VersionCommand.self,
        ])
}
