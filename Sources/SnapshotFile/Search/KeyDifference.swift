/// A key that two snapshots do not have alike.
package struct KeyDifference: Sendable {
    package enum Kind: String, Sendable { case added, removed, changed }

    /// Nil for one that was added.
    package let before: KeyVersion?
    /// Nil for one that was removed.
    package let after: KeyVersion?

    package var kind: Kind {
        switch (before, after) {
        case (nil, _): .added
        case (_, nil): .removed
        default: .changed
        }
    }

    package var key: Bytes { (before ?? after)?.key ?? .empty }
    package var hasSameValue: Bool { before?.value == after?.value }
}

/// Walks through the live keys of two snapshots side by side, in key order: nothing is held but the next key of each.
package struct KeyDifferences {
    /// Damage that was met on the way, and in which of the two.
    package struct Damage: Error {
        package let isBefore: Bool
        package let finding: Finding
    }

    /// Keys passed so far that are alike: value, revisions and lease.
    package private(set) var sameCount = 0
    private var before: Side
    private var after: Side

    /// Nil as a revision is the newest.
    package init(
        from before: Keyspace, fromRevision beforeRevision: Int64? = nil, to after: Keyspace,
        toRevision afterRevision: Int64? = nil,
        in span: KeySpan = .all
    ) throws(RevisionError) {
        self.before = Side(isBefore: true, keys: try Self.keys(before, beforeRevision, span))
        self.after = Side(isBefore: false, keys: try Self.keys(after, afterRevision, span))
    }

    /// The two share the memory of one.
    private static func keys(_ keyspace: Keyspace, _ revision: Int64?, _ span: KeySpan) throws(RevisionError)
        -> LiveKeys
    {
        try LiveKeys(keyspace, at: revision, in: span, batchSize: 1 << 19)
    }

    /// The next difference in key order; nil at the end.
    package mutating func next() throws(Damage) -> KeyDifference? {
        while true {
            switch (try before.peek(), try after.peek()) {
            case (nil, nil): return nil
            case (let old?, let new?) where old.key == new.key:
                before.drop()
                after.drop()
                if !old.isSame(as: new) { return KeyDifference(before: old, after: new) }
                sameCount += 1
            case (let old?, let new) where new.map({ old.key < $0.key }) ?? true:
                before.drop()
                return KeyDifference(before: old, after: nil)
            case (_, let new):
                after.drop()
                return KeyDifference(before: nil, after: new)
            }
        }
    }

    private struct Side {
        let isBefore: Bool
        var keys: LiveKeys
        var next: KeyVersion?

        /// The next key, which stays the next one.
        mutating func peek() throws(Damage) -> KeyVersion? {
            do {
                while next == nil, let element = try keys.next() {
                    // What `--bump-revision` leaves has no key.
                    if !element.keyValue.key.isEmpty { next = KeyVersion(element) }
                }
                return next
            } catch {
                throw Damage(isBefore: isBefore, finding: error)
            }
        }

        mutating func drop() { next = nil }
    }
}

extension KeyVersion {
    fileprivate func isSame(as other: KeyVersion) -> Bool {
        createRevision == other.createRevision && modRevision == other.modRevision && version == other.version
            && lease == other.lease && value == other.value
    }
}
