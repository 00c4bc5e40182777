package import EtcdRecoverModel

extension KubernetesClient {
    /// The changes to the objects in scope, for as long as they are read. Server timeouts and dropped connections are
    /// resumed where they were; lost history shows as another `.listed`. Throws what waiting does not mend: forbidden, no
    /// such kind, an untrusted server, an object that does not decode.
    ///
    /// `resourceVersion` nil: starts with `.listed`. At most one event waits between network and reader.
    package func watch<R: KubernetesResource>(
        _ type: R.Type = R.self, in scope: Scope, matching selector: Selector = .everything,
        from resourceVersion: String? = nil, options: WatchOptions = WatchOptions()
    ) -> Watch<R> {
        Watch(
            loop: WatchLoop(
                client: self, scope: scope, selector: selector, start: resourceVersion, options: options))
    }
}

/// See `KubernetesClient.watch`. Each iterator is a watch of its own, which ends when the iterator goes.
package struct Watch<R: KubernetesResource>: AsyncSequence, Sendable {
    package typealias Element = WatchEvent<R>
    package typealias Failure = any Error

    let loop: WatchLoop<R>

    package func makeAsyncIterator() -> Iterator {
        Iterator(loop)
    }

    package struct Iterator: AsyncIteratorProtocol {
        private let feed: Feed

        init(_ loop: WatchLoop<R>) {
            feed = Feed(loop)
        }

        package mutating func next() async throws -> WatchEvent<R>? {
            try await feed.handoff.receive()
        }

        package mutating func next(isolation actor: isolated (any Actor)?) async throws -> WatchEvent<R>? {
            try await feed.handoff.receive()
        }
    }

    private final class Feed: Sendable {
        let handoff = Handoff<WatchEvent<R>>()
        private let task: Task<Void, Never>

        init(_ loop: WatchLoop<R>) {
            // Nobody awaits this task: it ends with the iterator, which is the only holder of this feed.
            task = Task { [handoff] in
                do {
                    try await loop.run(into: handoff)
                    handoff.finish(throwing: nil)
                } catch {
                    handoff.finish(throwing: error)
                }
            }
        }

        deinit {
            task.cancel()
        }
    }
}
