package import FoundationEssentials

/// One kind of store: single requests, each repeated as far as the store's answers allow. What is common to all of them,
/// the streaming in parts, digests, resuming and limits, is `ObjectStore`'s.
package protocol StoreBackend: Sendable {
    /// `key` as a URI.
    func uri(_ key: String) -> String
    /// Throws `StoreError.notFound` where there is none.
    func head(_ key: ObjectKey) async throws -> StoredObject
    /// Hands over the bytes in order. Throws `StoreError.changed` when the object's tag is not `tag` any more; a connection
    /// that breaks is the caller's to resume.
    func read(
        _ key: ObjectKey, _ range: ReadRange, tag: String, receive: @Sendable ([UInt8]) async throws -> Void
    ) async throws
    /// Up to `limit` objects below `prefix`, records of them (`ObjectRecord`) left out.
    func list(_ prefix: KeyPrefix, page: String?, limit: Int) async throws -> ListPage
    /// An object that is not there counts as deleted.
    func delete(_ key: ObjectKey) async throws

    func layout(forBytes length: Int64?) -> PartLayout
    /// Writes a whole object that fits into the first part. Throws `StoreError.exists` when there is one.
    func put(_ bytes: [UInt8], at key: ObjectKey, _ metadata: ObjectMetadata) async throws -> PutReceipt
    func begin(_ key: ObjectKey, _ metadata: ObjectMetadata) async throws -> any PartUpload

    /// Ends what uploads that died have left below `prefix`: those that carry our mark and began before `time`.
    func sweep(_ prefix: KeyPrefix, before time: Date) async throws -> [SweptUpload]
}

/// An object on its way in parts. Nothing of it can be seen before `complete` has returned.
package protocol PartUpload: Sendable {
    /// Parts count from 1; up to `PartLayout.parallel` of them are sent at a time.
    func send(_ part: PartBody, number: Int, isLast: Bool) async throws -> PartReceipt
    /// `metadata` is what the upload began with and what has become known since.
    func complete(_ parts: [PartReceipt], _ metadata: ObjectMetadata) async throws -> PutReceipt
    /// Removes all of it. Throws when something may be left.
    func abort() async throws
}

/// What the store said of one part.
package struct PartReceipt: Hashable, Sendable {
    package var number: Int
    package var tag: String
    package var size: Int64

    package init(number: Int, tag: String, size: Int64) {
        self.number = number
        self.tag = tag
        self.size = size
    }
}

package struct PutReceipt: Hashable, Sendable {
    package var object: StoredObject
    package var guarded: OverwriteGuard

    package init(object: StoredObject, guarded: OverwriteGuard) {
        self.object = object
        self.guarded = guarded
    }
}

/// What kept the object from replacing another.
package enum OverwriteGuard: Hashable, Sendable {
    /// The store's own condition, without a gap.
    case condition
    /// A look before writing: the store takes no condition, so a writer of the same moment would go unnoticed.
    case lookup
}

/// What an upload that died had left: parts, a record or both.
package struct SweptUpload: Hashable, Sendable {
    /// Of the object that never came to be; in a directory the file that was left.
    package var key: String
    package var began: Date

    package init(key: String, began: Date) {
        self.key = key
        self.began = began
    }
}
