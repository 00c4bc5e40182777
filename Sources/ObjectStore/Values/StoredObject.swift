package import FoundationEssentials

/// An object as its store describes it.
package struct StoredObject: Hashable, Sendable {
    package var key: ObjectKey
    /// Bytes.
    package var size: Int64
    /// The store's name for this content under this key: S3's ETag, GCS's generation. Another content, another tag.
    package var tag: String
    /// When it was written, by the store's clock.
    package var modified: Date
    /// `nil` in listings, which do not carry it.
    package var metadata: ObjectMetadata?
    /// Why `metadata` lacks what was recorded at the upload's end.
    package var recordProblem: RecordProblem?
    package var lock: ObjectLock?

    package init(
        key: ObjectKey, size: Int64, tag: String, modified: Date, metadata: ObjectMetadata? = nil,
        recordProblem: RecordProblem? = nil, lock: ObjectLock? = nil
    ) {
        self.key = key
        self.size = size
        self.tag = tag
        self.modified = modified
        self.metadata = metadata
        self.recordProblem = recordProblem
        self.lock = lock
    }
}

/// What is wrong with the record beside an object that should have a sound one.
package enum RecordProblem: Hashable, Sendable, CustomStringConvertible {
    case missing
    /// There is something in its place that we did not write, or not like this.
    case unreadable

    package var description: String {
        switch self {
        case .missing: "the record that was written with it is missing"
        case .unreadable: "the record beside it is damaged or not ours"
        }
    }
}

/// What keeps an object from being deleted.
package struct ObjectLock: Hashable, Sendable {
    package var retainUntil: Date?
    package var hasLegalHold: Bool

    package init(retainUntil: Date? = nil, hasLegalHold: Bool = false) {
        self.retainUntil = retainUntil
        self.hasLegalHold = hasLegalHold
    }

    package func holds(at time: Date) -> Bool { hasLegalHold || retainUntil.map { $0 > time } ?? false }
}

/// Objects in key order, and what to ask the next page with; `nil`: this was the last.
package struct ListPage: Hashable, Sendable {
    package var objects: [StoredObject]
    package var next: String?

    package init(objects: [StoredObject], next: String?) {
        self.objects = objects
        self.next = next
    }
}

/// Bytes `from` to the object's end, or up to and including `through`.
package struct ReadRange: Hashable, Sendable {
    package var from: Int64
    package var through: Int64?

    package init(from: Int64 = 0, through: Int64? = nil) {
        self.from = from
        self.through = through
    }
}
