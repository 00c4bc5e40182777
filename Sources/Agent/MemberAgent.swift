package import EtcdRecoverModel
import FoundationEssentials
package import Logging
package import ObjectStore
import SnapshotFile
import Synchronization

/// Lays the data directory of a member before its etcd starts: of a cluster's first one, or of each. The others it lets pass,
/// unless they hold data of an earlier life.
///
/// Whenever it ends, by itself or killed, the data directory is as it was or holds the whole member with a marker of the
/// order, which makes the next run a look at that marker. A recovery moves aside what it finds in the member's place; killed
/// in the middle of that, it leaves no member, all that was there whole under another name, and the rest to the next run.
package struct MemberAgent: Sendable {
    let environment: AgentEnvironment
    /// Nil where nothing is read from one.
    let store: ObjectStore?
    let logger: Logger
    /// The last reason to try again, for when the time is over.
    private let lastFailure = Setback()

    package init(environment: AgentEnvironment, store: ObjectStore?, logger: Logger) {
        self.environment = environment
        self.store = store
        self.logger = logger
    }

    /// Never takes much longer than the order's timeout. Cancelling the task ends it.
    package func run() async throws(AgentFailure) -> AgentReport {
        let outcome = await withTaskGroup(of: Result<AgentReport, AgentFailure>?.self) { group in
            group.addTask { await attempt() }
            group.addTask {
                try? await Task.sleep(for: environment.timeout)
                return nil
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            guard first == nil, let last = await group.next() ?? nil else { return first ?? .failure(timedOut) }
            // What was under way when the time was over may have come to its end all the same.
            if case .success = last { return last }
            return Task.isCancelled ? last : .failure(timedOut)
        }
        return try outcome.get()
    }

    private func attempt() async -> Result<AgentReport, AgentFailure> {
        do {
            return .success(try await lay())
        } catch {
            return .failure(AgentFailure(error, from: place))
        }
    }

    /// The snapshot, as people write its place.
    private var place: String {
        let order = environment.order
        guard order.recovery?.takesOwnDatabase != true else {
            return "\(environment.identity.dataDirectory)/member/snap/db"
        }
        return (try? ObjectKey(order.key)).flatMap { store?.uri($0) } ?? order.key
    }

    private func lay() async throws -> AgentReport {
        let (order, identity) = (environment.order, environment.identity)
        guard order.lays(environment.pod.ordinal) else { return try JoiningMember(environment: environment).pass() }
        // Writes nothing: etcd may have filled the volume since.
        if let marker = standing() {
            Inbox.removeLeftovers(inDataDirectory: identity.dataDirectory)
            return try naming(marker.report)
        }
        guard !environment.isOver, order.recovery?.isRebuilt != true else { throw over }
        let inbox = try Inbox(inDataDirectory: identity.dataDirectory)
        do {
            let report =
                order.downloads(at: environment.pod.ordinal)
                ? try await restore(through: inbox.snapshot) : try await restoreOwnDatabase()
            inbox.remove()
            logger.notice("\(report.message)", metadata: ["restore": "\(order.restore.uid)"])
            return try naming(report)
        } catch {
            inbox.remove()
            throw error
        }
    }

    /// With what the disk says has been moved aside, by an earlier run too.
    private func naming(_ report: AgentReport) throws(AgentFailure) -> AgentReport {
        var report = report
        report.movedAside = try environment.movedAside()
        return report
    }

    private var over: AgentFailure {
        let isRecovery = environment.order.recovery != nil
        return AgentFailure(
            .restoreOver,
            "\(environment.order.owner) is over, and \(environment.identity.dataDirectory) has nothing of it any more: the old "
                + "snapshot is not laid again. Delete the pod, or \(isRecovery ? "recover" : "restore") anew")
    }

    /// What this very restore has laid already, to be said again. Clears what it left between two renames.
    private func standing() -> RestoreMarker? {
        let identity = environment.identity
        let member = "\(identity.dataDirectory)/member"
        let marker = RestoreMarker.read(inDataDirectory: identity.dataDirectory)
        let isOurs = marker?.isOf(environment.order.restore) ?? false
        if let log = identity.walDirectory, Restore.wasInterrupted(atLog: log) {
            if isOurs {
                Restore.discardInterrupted(atLog: log, member: member)
            } else if !FileManager.default.fileExists(atPath: member) {
                Restore.discardInterrupted(atLog: log, member: nil)
            }
            return nil
        }
        guard var marker, isOurs else { return nil }
        marker.report.result = .alreadyRestored
        return marker
    }

    private func restore(through path: String) async throws -> AgentReport {
        guard let store else { throw AgentFailure(.invalidOrder, "there is no store to read \(place) from") }
        var request = try RestoreRequest(of: place, for: environment)
        request.file = path
        request.consumesSnapshot = true
        request.skipsHashCheck = environment.order.skipHashCheck
        let download = SnapshotDownload(
            store: store, order: environment.order, key: try ObjectKey(environment.order.key), path: path)
        // Before a byte is asked for: a member that is there stays untouched, whatever the store has.
        try Restore.clearPlace(of: request, for: 0)
        try await retrying {
            let object = try await download.find()
            try Restore.clearPlace(of: request, for: Int(object.size))
            logger.info("downloading \(store.uri(object.key))", metadata: ["bytes": "\(object.size)"])
            try await download.fetch(object)
        }
        return try await run(request) { [key = environment.order.key] in AgentReport($0, from: key) }
    }

    /// From what the member has itself: it is copied, and then moved aside with the rest.
    private func restoreOwnDatabase() async throws -> AgentReport {
        let own = try OwnDatabase(of: environment)
        var request = try RestoreRequest(of: own.path, for: environment)
        // Raw, as it is: all its pages are verified on the way.
        request.skipsHashCheck = true
        request.sourceWALDirectory = own.walDirectory
        request.comparesLog = own.logTrouble == nil
        return try await run(request) { member in
            var report = AgentReport(member, from: own.path)
            if let trouble = own.logTrouble {
                report.warnings = [trouble] + (report.warnings ?? [])
            } else {
                report.missingEntries = Int64(clamping: member.inherited.missingEntries?.count ?? 0)
            }
            return report
        }
    }

    /// Carries out a restore that leaves its report as a marker.
    private func run(
        _ request: RestoreRequest, reporting report: @escaping @Sendable (RestoredMember) -> AgentReport
    ) async throws -> AgentReport {
        var request = request
        let order = environment.order
        request.note = RestoreRequest.Note(name: RestoreMarker.name) { member in
            try RestoreMarker(restore: order.restore, report: report(member)).json
        }
        let restore = try Restore(request)
        if let expected = order.revision, restore.snapshotRevision != expected {
            throw AgentFailure(
                .snapshotChanged,
                "\(place) is of revision \(restore.snapshotRevision), expected was \(expected): it is another snapshot")
        }
        return report(try await restore.run())
    }

    /// Again and again, at growing intervals, until it succeeds, or fails for good, or the task is cancelled.
    private func retrying(_ body: () async throws -> Void) async throws {
        var pause = Duration.seconds(1)
        while true {
            do {
                return try await body()
            } catch {
                let failure = AgentFailure(error, from: place)
                guard failure.isTransient, !Task.isCancelled else { throw error }
                lastFailure.value.withLock { $0 = failure }
                logger.warning("\(failure.message)", metadata: ["again_in": "\(pause)"])
                try await Task.sleep(for: pause)
                pause = min(pause * 2, .seconds(30))
            }
        }
    }

    private var timedOut: AgentFailure {
        let limit = environment.order.timeout
        guard let last = lastFailure.value.withLock({ $0 }) else {
            let field = environment.order.recovery == nil ? "restoreTimeout" : "recoveryTimeout"
            return AgentFailure(
                .timedOut,
                "the member was not laid within \(limit): raise spec.\(field) of \(environment.order.owner)")
        }
        return AgentFailure(last.reason, "given up after \(limit): \(last.message)")
    }
}

private final class Setback: Sendable {
    let value = Mutex<AgentFailure?>(nil)
}
