import FoundationEssentials

/// Objects of one bucket or directory, whatever keeps them.
package struct ObjectStore: Sendable {
    package let backend: any StoreBackend
    package var limits: TransferLimits
    package var clock: StoreClock
    /// Where uploads hold what is on its way; its own, without a bound, unless it is set.
    package var memory = PartMemory()

    package init(
        _ backend: any StoreBackend, limits: TransferLimits = TransferLimits(), clock: StoreClock = .system
    ) {
        self.backend = backend
        self.limits = limits
        self.clock = clock
    }

    package func uri(_ key: ObjectKey) -> String { backend.uri(key.text) }

    package func head(_ key: ObjectKey) async throws -> StoredObject { try await backend.head(key) }

    package func delete(_ key: ObjectKey) async throws { try await backend.delete(key) }

    /// One page; for all of them `objects(below:)`.
    package func list(_ prefix: KeyPrefix, page: String? = nil, limit: Int = 1000) async throws -> ListPage {
        try await backend.list(prefix, page: page, limit: limit)
    }

    /// All objects below `prefix` in key order, page by page as they are asked for.
    package func objects(below prefix: KeyPrefix) -> ObjectListing { ObjectListing(backend: backend, prefix: prefix) }

    /// Ends uploads below `prefix` that died more than `age` ago, ours only. A running one is never that old.
    package func sweep(_ prefix: KeyPrefix, olderThan age: Duration = .seconds(86_400)) async throws -> [SweptUpload] {
        try await backend.sweep(prefix, before: clock.now().addingTimeInterval(-age.seconds))
    }
}

package struct ObjectListing: AsyncSequence, Sendable {
    package typealias Element = StoredObject

    let backend: any StoreBackend
    let prefix: KeyPrefix

    package struct Iterator: AsyncIteratorProtocol {
        let backend: any StoreBackend
        let prefix: KeyPrefix
        var objects: ArraySlice<StoredObject> = []
        var page: String?
        var isLast = false

        package mutating func next() async throws -> StoredObject? {
            while objects.isEmpty {
                guard !isLast else { return nil }
                let answer = try await backend.list(prefix, page: page, limit: 1000)
                if let next = answer.next, next == page {
                    throw StoreError.unusableAnswer(
                        backend.uri(prefix.text), .list, reason: "each page names itself as the next")
                }
                (objects, page, isLast) = (answer.objects[...], answer.next, answer.next == nil)
            }
            return objects.popFirst()
        }
    }

    package func makeAsyncIterator() -> Iterator { Iterator(backend: backend, prefix: prefix) }
}

extension Duration {
    var seconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}
