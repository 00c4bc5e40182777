package import FoundationEssentials

/// Which snapshots of one cluster go, and why the others stay. Nothing is done here: a preview shows this very value.
package struct RetentionPlan: Hashable, Sendable {
    package struct Kept: Hashable, Sendable {
        package var object: StoredObject
        package var reason: Reason
    }

    package enum Reason: Hashable, Sendable {
        /// One of the newest; the place counts from 1.
        case newest(Int)
        case inUse
        /// `until` nil: a legal hold, which has no end.
        case locked(until: Date?)
        /// Without a recorded cluster or a name as we give them, or another cluster's.
        case foreign
    }

    /// Oldest first.
    package var delete: [StoredObject] = []
    /// Newest first, what is foreign last.
    package var keep: [Kept] = []

    /// - Parameters:
    ///   - objects: what lies below `prefix`, each with its metadata and lock (`ObjectStore.head`).
    ///   - prefix: the destination's, as in the keys `<prefix>/<directory>/<backup>-<time>.db`.
    ///   - directory: the cluster's own below it.
    ///   - cluster: what its snapshots have recorded as their cluster.
    ///   - retainCount: 0 deletes nothing.
    ///   - inUse: sources of restores that are not finished.
    package init(
        _ objects: [StoredObject], prefix: KeyPrefix, directory: String, cluster: String, retainCount: Int,
        inUse: Set<ObjectKey>, now: Date
    ) {
        let folder = prefix.text + directory + "/"
        let own = objects.filter { Self.belongs($0, to: cluster, in: folder) }.sorted(by: Self.isNewer)
        let ownKeys = Set(own.map(\.key))
        for (place, object) in own.enumerated() {
            if place < max(1, retainCount) || retainCount <= 0 {
                keep.append(Kept(object: object, reason: .newest(place + 1)))
            } else if inUse.contains(object.key) {
                keep.append(Kept(object: object, reason: .inUse))
            } else if let lock = object.lock, lock.holds(at: now) {
                keep.append(Kept(object: object, reason: .locked(until: lock.hasLegalHold ? nil : lock.retainUntil)))
            } else {
                delete.append(object)
            }
        }
        delete.reverse()
        keep += objects.filter { !ownKeys.contains($0.key) }.map { Kept(object: $0, reason: .foreign) }
    }

    /// What was recorded decides; without a record only a name as we give them, right in the cluster's directory.
    private static func belongs(_ object: StoredObject, to cluster: String, in folder: String) -> Bool {
        guard object.key.text.utf8.starts(with: folder.utf8) else { return false }
        let rest = object.key.text.utf8.dropFirst(folder.utf8.count)
        guard !rest.contains(UInt8(ascii: "/")), SnapshotName.time(inKey: object.key.text) != nil else { return false }
        return object.metadata?.cluster.map { $0.utf8.elementsEqual(cluster.utf8) } ?? true
    }

    private static func isNewer(_ one: StoredObject, _ other: StoredObject) -> Bool {
        let times = (time(of: one), time(of: other))
        if times.0 != times.1 { return times.0 > times.1 }
        let revisions = (one.metadata?.revision ?? -1, other.metadata?.revision ?? -1)
        if revisions.0 != revisions.1 { return revisions.0 > revisions.1 }
        return one.key > other.key
    }

    /// Recorded, else as the name says, else by the store's clock.
    private static func time(of object: StoredObject) -> Date {
        object.metadata?.time ?? SnapshotName.time(inKey: object.key.text) ?? object.modified
    }
}
