import EtcdRecoverModel
import Logging
import ObjectStore
import Synchronization

/// Long work on objects, beside their reconciliation: a few at a time, the others in line. One at most for each object.
///
/// What is known here is lost with the process; an object's status and its store tell the next one where to go on.
final class Transfers<Stage: Sendable, Value: Sendable>: Sendable {
    enum State: Sendable {
        /// For a place.
        case waiting
        case running(Stage)
        case ended(Result<Value, any Error>)
        /// After a failure, for the time of the next attempt.
        case pausing(until: ContinuousClock.Instant)
        /// Cancelled, and not ended yet.
        case ending
    }

    struct Entry: Sendable {
        /// Of the object: one of the same name that comes later is another.
        let uid: String
        var state: State
        /// Begun so far.
        var attempts: Int
        fileprivate var task: Task<Void, Never>?
    }

    private let places: Allowance
    private let entries = Mutex<[ObjectName: Entry]>([:])
    /// Told of each object whose work has changed its state.
    private let onChange: @Sendable (ObjectName) -> Void

    init(places: Int, onChange: @escaping @Sendable (ObjectName) -> Void) {
        self.places = Allowance(places)
        self.onChange = onChange
    }

    subscript(name: ObjectName) -> Entry? { entries.withLock { $0[name] } }

    /// Begins the next attempt. `body` tells how far it is; it ends soon when cancelled.
    func begin(
        _ name: ObjectName, uid: String,
        _ body: @escaping @Sendable (_ report: @Sendable (Stage) -> Void) async throws -> Value
    ) {
        entries.withLock { entries in
            guard entries[name]?.task == nil else { return }
            // Awaited by `stop`.
            let task = Task { await run(name, body) }
            let attempts = entries[name]?.attempts ?? 0
            entries[name] = Entry(uid: uid, state: .waiting, attempts: attempts + 1, task: task)
        }
    }

    private func run(
        _ name: ObjectName, _ body: @Sendable (_ report: @Sendable (Stage) -> Void) async throws -> Value
    ) async {
        let result: Result<Value, any Error>
        do {
            result = .success(
                try await places.withOne {
                    try await body { stage in
                        self.entries.withLock { entries in
                            if case .ending = entries[name]?.state { return }
                            entries[name]?.state = .running(stage)
                        }
                        self.onChange(name)
                    }
                })
        } catch {
            result = .failure(error)
        }
        entries.withLock { entries in
            if case .ending = entries[name]?.state {
                entries[name] = nil
            } else {
                entries[name]?.state = .ended(result)
                entries[name]?.task = nil
            }
        }
        onChange(name)
    }

    /// An attempt that failed before it could begin.
    func fail(_ name: ObjectName, uid: String, with error: any Error) {
        entries.withLock { entries in
            guard entries[name]?.task == nil else { return }
            let attempts = entries[name]?.attempts ?? 0
            entries[name] = Entry(uid: uid, state: .ended(.failure(error)), attempts: attempts + 1)
        }
    }

    func pause(_ name: ObjectName, for pause: Duration) {
        entries.withLock { $0[name]?.state = .pausing(until: .now + pause) }
    }

    /// Nothing is known of the object any more. Work that is under way is ended first, of which `onChange` tells.
    func forget(_ name: ObjectName) {
        let task = entries.withLock { entries -> Task<Void, Never>? in
            guard let task = entries[name]?.task else {
                entries[name] = nil
                return nil
            }
            entries[name]?.state = .ending
            return task
        }
        task?.cancel()
    }

    /// Ends all work, and returns when it has.
    func stop() async {
        let tasks = entries.withLock { $0.values.compactMap(\.task) }
        for task in tasks { task.cancel() }
        for task in tasks { await task.value }
    }

    /// Waiting for a place, and at work.
    var count: (waiting: Int, running: Int) {
        entries.withLock { entries in
            entries.values.reduce(into: (0, 0)) { count, entry in
                switch entry.state {
                case .waiting: count.0 += 1
                case .running, .ending: count.1 += 1
                case .ended, .pausing: break
                }
            }
        }
    }
}
