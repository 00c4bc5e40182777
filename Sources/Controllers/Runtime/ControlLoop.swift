import EtcdRecoverModel
import KubernetesClient
import Logging
import ServiceLifecycle

/// What all controllers do with the objects of their kind: look at one when it has changed, when it is due, and at all of them
/// now and then.
struct ControlLoop<Object: KubernetesResource>: Sendable {
    typealias Outcome = WorkQueue<ObjectName>.Outcome

    let objects: ObjectCache<Object>
    let queue: WorkQueue<ObjectName>
    private let workers: Int
    private let resync: Duration
    private let logger: Logger

    /// - Parameters:
    ///   - workers: objects that are looked at at a time.
    ///   - resync: how often everything is looked at again, whether or not the API server told of a change.
    ///   - slowest: the longest pause between two tries of what goes on failing.
    init(
        _ client: KubernetesClient, in scope: Scope, workers: Int, resync: Duration,
        slowest: Duration = .seconds(300), logger: Logger
    ) {
        let queue = WorkQueue<ObjectName>(backoff: Backoff(initial: .seconds(1), limit: slowest))
        self.queue = queue
        objects = ObjectCache(client, in: scope, logger: logger) { queue.add($0) }
        self.workers = workers
        self.resync = resync
        self.logger = logger
    }

    /// Runs until shut down gracefully, which lets work that was begun end, or until cancelled, which ends everything at once.
    /// Once only.
    /// - Parameters:
    ///   - reconcile: brings one object further.
    ///   - sweep: clears what a controller before us may have left, at first and with each resync. What fails waits for the next.
    ///   - onListed: all objects that there are have been read, and none is worked on yet.
    ///   - onEnd: none is worked on any more.
    ///   - beside: goes on for as long as the work does.
    func run(
        reconcile: @escaping @Sendable (ObjectName) async -> Outcome,
        sweep: @escaping @Sendable () async throws -> Void = {}, onListed: () -> Void = {},
        onEnd: () async -> Void = {}, beside tasks: [@Sendable () async throws -> Void] = []
    ) async throws {
        try await withGracefulShutdownHandler {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await objects.run() }
                try await objects.waitUntilListed()
                onListed()
                group.addTask { try await resync(sweep) }
                for task in tasks { group.addTask { try await task() } }
                await queue.run(limit: workers, reconcile)
                await onEnd()
                group.cancelAll()
                while await group.nextResult() != nil {}
            }
        } onGracefulShutdown: {
            logger.notice("shutting down: no new work", metadata: ["kind": "\(Object.kind)"])
            queue.close()
            objects.stopWaiting()
        }
        try Task.checkCancellation()
    }

    private func resync(_ sweep: () async throws -> Void) async throws {
        while true {
            do { try await sweep() } catch is CancellationError { throw CancellationError() } catch {
                logger.warning("no sweep: \(error)")
            }
            try await Task.sleep(for: resync)
            for name in objects.names { queue.add(name) }
        }
    }
}

extension QueueState.Outcome {
    /// More than any object needs from one rest to the next.
    private static var steps: Int { 12 }

    /// Of steps that are taken until one of them is an end, and of what ends them by failing.
    static func ofSteps(_ logger: Logger, _ step: () async throws -> Self?) async -> Self {
        do {
            for _ in 0..<steps {
                if let outcome = try await step() { return outcome }
            }
            return .again(after: .seconds(1))
        } catch let error as KubernetesError where error.isNotFound {
            // It went meanwhile; the watch will say so.
            return .done
        } catch is CancellationError {
            return .done
        } catch let error as KubernetesError where error.isConflict {
            return .again(after: .milliseconds(500))
        } catch {
            logger.warning("\(error)")
            return .failed
        }
    }
}
