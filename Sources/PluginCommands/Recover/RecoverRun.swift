import ArgumentParser
import ClusterAccess
import EtcdRecoverModel
import FoundationEssentials
import KubernetesClient

struct RecoverRun: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Show, ask, recover: what \"recover CLUSTER\" does.",
        usage: "kubectl etcdrecover recover CLUSTER|statefulset/NAME [--plan] [<options>]",
        discussion: """
            Takes up the EtcdRecovery of the cluster that has not ended, or creates one, which changes nothing by itself. When \
            the controller has seen the majority missing for the grace period, the evidence is shown, the plan step by step, \
            what is kept and what is lost. Whoever types the cluster's name then approves that very state, and no other. The \
            recovery is followed to its end, and an account closes it. Ctrl-C stops following, never the recovery; the same \
            command takes it up again.

            Without a terminal it needs --yes and --expect-digest with the state that --plan showed. Ends with 0 when the \
            cluster is recovered (with --plan: when there is something to recover), 3 when it has its quorum and there is \
            nothing to recover, 1 when it failed, was refused or called off, 124 on timeout, 130 on Ctrl-C.

            Do not approve while a node is on its way back: a member that comes back brings the majority back, without any \
            loss, and the recovery is cancelled by itself.

              kubectl etcdrecover recover main -n databases
              kubectl etcdrecover recover main --plan -o json
              kubectl etcdrecover recover main --yes --expect-digest 5f0c…
              kubectl etcdrecover recover statefulset/etcd --provider s3 --bucket rescue
            """)

    @Argument(help: "Name of the EtcdCluster, or statefulset/NAME")
    var cluster: String

    @Flag(help: "Only show the evidence and the plan")
    var plan = false

    @Flag(help: "Approve without asking; needs --expect-digest")
    var yes = false

    @Option(
        help: ArgumentHelp("With --yes: approve this state, as --plan showed it, and no other", valueName: "digest"))
    var expectDigest: String?

    @Option(
        help: ArgumentHelp(
            "Member (its pod) whose data are to be kept, in place of the one that knows most", valueName: "member"))
    var survivor: String?

    @Flag(help: "Return when it is approved; the recovery goes on by itself")
    var noWait = false

    @Option(help: "How long to wait for the evidence, and again for the end, as 30m or 2h; negative waits for a week")
    var timeout = "1h"

    @Option(
        name: [.customShort("o", allowingJoined: true), .long],
        help: "Print JSON or YAML: of --plan, else the object as it ended")
    var output: DataFormat?

    @OptionGroup(title: "Where the rescue copies go (default: where the newest backup went)")
    var destination: DestinationOptions
    @OptionGroup var color: ColorOptions
    @OptionGroup(title: "Kubernetes") var connection: ConnectionOptions

    func validate() throws {
        guard let target = EtcdTarget(cluster), target.clusterName != nil else {
            throw ValidationError("\"\(cluster)\" is no CLUSTER and no statefulset/NAME")
        }
        if yes, expectDigest == nil {
            throw ValidationError("--yes needs --expect-digest: look with --plan, and approve the state that it shows")
        }
        if expectDigest != nil, !yes { throw ValidationError("--expect-digest is for --yes") }
        if plan, yes || noWait { throw ValidationError("--plan approves nothing: leave out --yes and --no-wait") }
    }

    func run() async throws {
        let console = color.console
        let limit = try waitLimit(timeout, flag: "--timeout")
        let warnings = ShownWarnings(on: console)
        let client = try connection.connect(console: console, warnings: warnings)
        let objects = RecoveryObjects(client: client, console: console)
        let name = EtcdTarget(cluster)?.clusterName ?? cluster
        let found = try await found(name, objects, warnings)
        let run = RecoveryRun(
            objects: objects, cluster: name, typed: cluster, flags: connection.repeated, output: output,
            limit: limit)
        let awaited = try await run.awaitEvidence(of: found)
        guard !plan else { return try await run.show(awaited) }
        let approved = try await run.approve(awaited, expecting: expectDigest)
        guard !noWait else { return try run.leave(approved) }
        try await run.follow(approved)
    }

    private func found(
        _ name: String, _ objects: RecoveryObjects, _ warnings: ShownWarnings
    ) async throws -> EtcdRecovery {
        if let found = try await objects.unfinished(of: name) {
            guard found.status?.phase.map(\.isBeforeApproval) ?? true else { return found }
            return try await objects.amend(found, survivor: survivor, destination: destination.destination)
        }
        let new = EtcdRecovery(
            metadata: ObjectMeta(name: generatedName(for: name, at: .now)),
            spec: .init(clusterRef: name, survivor: survivor, destination: destination.destination))
        let made = try await objects.create(new, warnings: warnings)
        objects.console.note(
            "recovery/\(made.metadata.name ?? "") created: the controller looks at \(name)".printable())
        return made
    }
}
