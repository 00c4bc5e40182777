/// One change of a user key, as an entry of the `key` bucket records it.
package struct KeyVersion: Sendable {
    package let key: Bytes
    package let value: Bytes
    package let createRevision: Int64
    /// The revision of the change, by the entry's own key.
    package let modRevision: Int64
    package let version: Int64
    /// 0 for none.
    package let lease: Int64
    /// Whether the change was a deletion, which leaves nothing but the key.
    package let isTombstone: Bool
    /// Of the entry, key and value, in bytes.
    package let storedBytes: Int

    init(_ entry: Entry, _ revision: RevisionKey, _ message: KeyValue) {
        key = message.key
        value = message.value
        createRevision = message.createRevision
        modRevision = revision.main
        version = message.version
        lease = message.lease
        isTombstone = revision.isTombstone
        storedBytes = entry.key.count + entry.value.count
    }

    package init(_ element: LiveKeys.Element) {
        self.init(element.entry, element.revision, element.keyValue)
    }
}
