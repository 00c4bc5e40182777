package import EtcdRecoverModel
import FoundationEssentials
package import Logging
package import ObjectStore
import SnapshotFile
import Synchronization

/// Lays the data directory of a cluster's first member before its etcd starts. The others it lets pass, unless they hold
/// data of an earlier life.
///
/// Whenever it ends, by itself or killed, the data directory is as it was or holds the whole member with a marker of the
/// restore, which makes the next run a look at that marker.
package struct MemberAgent: Sendable {
    let environment: AgentEnvironment
    let store: ObjectStore
    let logger: Logger
    /// The last reason to try again, for when the time is over.
    private let lastFailure = Setback()

    package init(environment: AgentEnvironment, store: ObjectStore, logger: Logger) {
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
        let key = environment.order.key
        return (try? ObjectKey(key)).map(store.uri) ?? key
    }

    private func lay() async throws -> AgentReport {
        let (order, identity) = (environment.order, environment.identity)
        guard environment.pod.ordinal == 0 else {
            try StaleData(environment: environment).check()
            return AgentReport(
                .passed, message: "member \(environment.pod.ordinal) joins the restored cluster with no data of its own"
            )
        }
        // Writes nothing: etcd may have filled the volume since.
        if let marker = standing() {
            Inbox.removeLeftovers(inDataDirectory: identity.dataDirectory)
            return marker.report
        }
        if let end = order.expires, Date().timeIntervalSince1970 >= Double(end) {
            throw AgentFailure(
                .restoreOver,
                "EtcdRestore \(order.restore.namespace)/\(order.restore.name) is over, and \(identity.dataDirectory) has "
                    + "nothing of it any more: the old snapshot is not laid again. Delete the pod, or restore anew")
        }
        let inbox = try Inbox(inDataDirectory: identity.dataDirectory)
        do {
            let report = try await restore(through: inbox.snapshot)
            inbox.remove()
            logger.notice("\(report.message)", metadata: ["restore": "\(order.restore.uid)"])
            return report
        } catch {
            inbox.remove()
            throw error
        }
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
        var request = request(path)
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
        request.note = RestoreRequest.Note(name: RestoreMarker.name) { [environment] member in
            try RestoreMarker(
                restore: environment.order.restore, report: AgentReport(member, of: environment.order)
            ).json
        }
        let restore = try Restore(request)
        if let expected = environment.order.revision, restore.snapshotRevision != expected {
            throw AgentFailure(
                .snapshotChanged,
                "\(place) is of revision \(restore.snapshotRevision), expected was \(expected): it is another snapshot")
        }
        return AgentReport(try await restore.run(), of: environment.order)
    }

    private func request(_ path: String) -> RestoreRequest {
        let (order, identity) = (environment.order, environment.identity)
        var request = RestoreRequest(snapshot: place)
        request.file = path
        request.name = identity.name
        request.initialCluster = identity.soleCluster
        request.advertisedPeerURLs = identity.advertisedPeerURLs
        request.token = environment.token
        request.dataDirectory = identity.dataDirectory
        request.walDirectory = identity.walDirectory
        request.skipsHashCheck = order.skipHashCheck
        request.bumpRevision = order.revisionBump
        request.marksCompacted = order.revisionBump > 0
        request.targetVersion = order.version.flatMap(EtcdVersion.init)
            .flatMap { TargetVersion("\($0.major).\($0.minor)") }
        request.removesLeftovers = true
        request.consumesSnapshot = true
        return request
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
            return AgentFailure(.timedOut, "the member was not restored within \(limit): raise spec.restoreTimeout")
        }
        return AgentFailure(last.reason, "given up after \(limit): \(last.message)")
    }
}

private final class Setback: Sendable {
    let value = Mutex<AgentFailure?>(nil)
}
