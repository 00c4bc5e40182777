import EtcdRecoverModel
import KubernetesClient
import Logging
import Synchronization

/// All objects of a kind, kept current by one watch for all who read them.
final class ObjectCache<R: KubernetesResource>: Sendable {
    private let client: KubernetesClient
    private let scope: Scope
    private let logger: Logger
    private let onChange: @Sendable (ObjectName) -> Void
    private let content = Mutex(CacheContent<R>())
    private let listed: AsyncStream<Void>
    private let listing: AsyncStream<Void>.Continuation

    /// `onChange` is told of each object that came, changed or went, before anybody reads it in its new state.
    init(
        _ client: KubernetesClient, in scope: Scope, logger: Logger,
        onChange: @escaping @Sendable (ObjectName) -> Void = { _ in }
    ) {
        self.client = client
        self.scope = scope
        self.logger = logger
        self.onChange = onChange
        (listed, listing) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    subscript(name: ObjectName) -> R? { content.withLock { $0.objects[name] } }
    var all: [R] { content.withLock { Array($0.objects.values) } }
    var names: [ObjectName] { content.withLock { Array($0.objects.keys) } }
    var isListed: Bool { content.withLock { $0.isListed } }

    /// What a write of our own gave back.
    func store(_ object: R) { content.withLock { $0.store(object) } }

    /// Returns when the first list is in, when the kind is known not to be served, or after `stopWaiting`. Once only.
    func waitUntilListed() async throws {
        for await _ in listed { return }
        try Task.checkCancellation()
    }

    func stopWaiting() { listing.finish() }

    /// Runs until cancelled. What the watch itself gives up on, such as a right that is missing, is tried again each
    /// `patience`: somebody may grant it.
    func run(patience: Duration = .seconds(15)) async throws {
        while true {
            do {
                let options = WatchOptions(onInterruption: { [logger] error, pause in
                    logger.warning(
                        "the watch of \(R.plural) was interrupted: \(error)", metadata: ["pause": "\(pause)"])
                })
                for try await event in client.watch(R.self, in: scope, options: options) {
                    let changed = content.withLock { $0.apply(event) }
                    for name in changed { onChange(name) }
                    if content.withLock({ $0.isListed }) { listing.finish() }
                }
            } catch let error as KubernetesError where error.isNotFound {
                // No such kind: there are none of it.
                listing.finish()
                logger.debug("\(R.plural) are not served: \(error)")
            } catch is CancellationError {
                throw CancellationError()
            } catch {
                logger.error("\(R.plural) cannot be watched: \(error)")
            }
            try await Task.sleep(for: patience)
        }
    }
}
