import ArgumentParser
import EtcdRecoverModel

struct RecoverAcknowledge: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "acknowledge",
        abstract: "Say that a person has read what a recovery may have lost.",
        discussion: """
            Prints the account once more and clears the condition DataLossPossible. The account itself, the rescue copies and \
            what was moved aside stay.
            """)

    @Argument(help: "The cluster, or the name of its EtcdRecovery")
    var name: String

    @OptionGroup var color: ColorOptions
    @OptionGroup var connection: ConnectionOptions

    func run() async throws {
        let console = color.console
        let objects = RecoveryObjects(client: try connection.connect(console: console), console: console)
        let recovery = try await objects.find(name, "no recovery waits to be acknowledged of") {
            $0.status?.conditions?[EtcdRecovery.dataLossPossible]?.status == "True"
        }
        let subject = "recovery/\(recovery.metadata.name ?? "")"
        try console.print(RecoveryAccount(recovery: recovery, flags: connection.repeated).text)
        if recovery.spec?.acknowledged == true { return console.note("\(subject) was acknowledged before") }
        let phase = recovery.status?.phase
        guard phase == .completed || phase == .failed else {
            throw CommandFailure(
                "\(subject) is \(phase?.rawValue ?? "not started"): what may be lost is known when it has ended",
                hint: "wait for it: kubectl etcdrecover wait \(subject)\(connection.repeated)")
        }
        _ = try await objects.decide(recovery, ["acknowledged": true])
        console.note("\(subject) acknowledged".printable())
    }
}

struct RecoverAbort: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "abort",
        abstract: "Call a recovery off before anything was changed.",
        discussion: """
            Possible until the rebuilding begins; from then on stopping would leave the cluster between two states. It is for \
            good: as long as the record is there, no other is made by itself for that cluster.
            """)

    @Argument(help: "The cluster, or the name of its EtcdRecovery")
    var name: String

    @OptionGroup var color: ColorOptions
    @OptionGroup var connection: ConnectionOptions

    func run() async throws {
        let console = color.console
        let objects = RecoveryObjects(client: try connection.connect(console: console), console: console)
        let recovery = try await objects.find(name, "no recovery is under way of") {
            $0.status?.phase?.isTerminal != true
        }
        let subject = "recovery/\(recovery.metadata.name ?? "")"
        let phase = recovery.status?.phase
        guard phase.map({ $0.isBeforeApproval || $0 == .snapshotting }) ?? true else {
            throw CommandFailure(
                phase?.isTerminal == true
                    ? "\(subject) has ended as \(phase?.rawValue ?? ""): there is nothing to call off"
                    : "\(subject) is \(phase?.rawValue ?? ""): to stop now would leave the cluster without a majority",
                hint: "see: kubectl etcdrecover recover describe \(recovery.metadata.name ?? "")\(connection.repeated)")
        }
        _ = try await objects.decide(recovery, ["aborted": true])
        try console.print("\(subject) is called off; the controller ends it as Cancelled".printable())
    }
}
