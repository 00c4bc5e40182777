package struct WatchOptions: Hashable, Sendable {
    /// The first revision to be told of; `nil`: what happens from now on.
    package var from: Revision?
    /// Ends the watch where the member knows no leader: what it tells may stop being news without notice.
    package var requiresLeader: Bool
    /// Adds what a key held before.
    package var previousValues: Bool
    /// How often the member is asked whether it still is there. Silence of three times as long ends the watch.
    package var keepAlive: Duration

    package init(
        from: Revision? = nil, requiresLeader: Bool = true, previousValues: Bool = false,
        keepAlive: Duration = .seconds(10)
    ) {
        self.from = from
        self.requiresLeader = requiresLeader
        self.previousValues = previousValues
        self.keepAlive = keepAlive
    }
}

package enum WatchEvent: Hashable, Sendable {
    case put(KeyValue, previous: KeyValue?)
    /// Of the deletion only key and `modRevision` are there.
    case delete(KeyValue, previous: KeyValue?)

    init(_ wire: WireEvent) {
        let previous = wire.hasPrevKv ? KeyValue(wire.prevKv) : nil
        self =
            wire.type == .delete
            ? .delete(KeyValue(wire.kv), previous: previous) : .put(KeyValue(wire.kv), previous: previous)
    }
}

/// Changes in the order in which they happened.
package struct WatchBatch: Hashable, Sendable {
    /// The member's newest revision as this was sent; the changes are of this one or before.
    package var revision: Revision
    package var events: [WatchEvent]
    /// More of the last event's revision follows: do not resume after it yet.
    package var isPartial: Bool
}
