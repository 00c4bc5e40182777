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
        /// Another cluster's, or without a name as we give them.
        case foreign
        /// Named like one of the cluster's, and nothing was recorded with it: somebody else may have put it there.
        case unrecorded
        /// Something was recorded, and is not there any more in full.
        case damagedRecord(RecordProblem)
        case empty
        /// By what is recorded or its name it is of a time still to come.
        case fromTheFuture
    }

    /// Oldest first.
    package var delete: [StoredObject] = []
    /// Newest first; what does not count, foreign for one, last.
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
        var own: [StoredObject] = []
        var others: [Kept] = []
        for object in objects {
            if let reason = Self.doubt(about: object, of: cluster, in: folder, now: now) {
                others.append(Kept(object: object, reason: reason))
            } else {
                own.append(object)
            }
        }
        own.sort(by: Self.isNewer)
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
        keep += others
    }

    /// Clocks of those who took snapshots may be ahead of ours by that much.
    private static let skew: TimeInterval = 86_400

    /// Why an object neither counts nor goes; `nil`: it is a snapshot of this cluster. That takes a name as we give them,
    /// right in the cluster's directory, and our record, which names this cluster or, of an uploaded file, none.
    private static func doubt(
        about object: StoredObject, of cluster: String, in folder: String, now: Date
    ) -> Reason? {
        guard object.key.text.utf8.starts(with: folder.utf8) else { return .foreign }
        let rest = object.key.text.utf8.dropFirst(folder.utf8.count)
        guard !rest.contains(UInt8(ascii: "/")), SnapshotName.time(inKey: object.key.text) != nil else {
            return .foreign
        }
        if let recorded = object.metadata?.cluster, !recorded.utf8.elementsEqual(cluster.utf8) { return .foreign }
        if let problem = object.recordProblem { return .damagedRecord(problem) }
        guard object.metadata?.upload != nil, object.metadata?.sha256 != nil else { return .unrecorded }
        if object.size == 0 { return .empty }
        return time(of: object) > now.addingTimeInterval(skew) ? .fromTheFuture : nil
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
