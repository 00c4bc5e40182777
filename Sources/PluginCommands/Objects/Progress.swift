import EtcdRecoverModel

/// How far the work on an object of ours has come.
struct Progress: Hashable, Sendable {
    /// Nil until the controller has seen the object.
    var phase: String?
    var isTerminal: Bool
    var conditions: [Condition]
    /// What there is to show for it once completed: the snapshot's location, what was verified of the restored cluster.
    var result: String?
    /// Where it stands, in the controller's words; nil where the phase says it all.
    var statement: String?

    static let failedPhase = "Failed"

    var hasFailed: Bool { phase == Self.failedPhase }

    /// The words of the condition that says how it ended.
    var message: String? { statement ?? conditions["Succeeded"]?.message }
}

/// A kind whose objects are work to be done, in phases.
protocol Job: ManagedResource {
    /// Every phase in the order in which they are passed; `Failed` can follow any.
    static var phases: [String] { get }
    /// What people type: `backup`, `restore`, `recovery`.
    static var commandName: String { get }
    var progress: Progress { get }
}

extension EtcdBackup: Job {
    static let phases = Phase.all.map(\.rawValue)
    static let commandName = "backup"

    var progress: Progress {
        Progress(
            phase: status?.phase?.rawValue, isTerminal: status?.phase?.isTerminal ?? false,
            conditions: status?.conditions ?? [], result: status?.snapshotLocation)
    }
}

extension EtcdRestore: Job {
    static let phases = Phase.all.map(\.rawValue)
    static let commandName = "restore"

    var progress: Progress {
        Progress(
            phase: status?.phase?.rawValue, isTerminal: status?.phase?.isTerminal ?? false,
            conditions: status?.conditions ?? [],
            // In the words of what was read back and compared.
            result: status?.conditions?["Succeeded"]?.message ?? (status?.restoredCluster).map { "etcdcluster/" + $0 })
    }
}

extension EtcdRecovery: Job {
    static let phases = Phase.all.map(\.rawValue)
    static let commandName = "recovery"

    var progress: Progress {
        Progress(
            phase: status?.phase?.rawValue, isTerminal: status?.phase?.isTerminal ?? false,
            conditions: status?.conditions ?? [], result: status?.dataLoss?.message ?? status?.message,
            statement: status?.message)
    }
}

extension Job {
    /// `etcdbackup.operator.etcd.io/nightly`, as kubectl names objects.
    static func qualifiedName(_ name: String) -> String { "\(kind.lowercased()).\(group)/\(name)" }
}
