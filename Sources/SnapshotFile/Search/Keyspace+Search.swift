extension Keyspace {
    /// Calls `body` for each key of `span` that is live at `revision`, in key order, until it returns false; returns false
    /// then. The entry that `--bump-revision` leaves has no key and is passed over.
    package func forEachLiveKey(
        in span: KeySpan, at revision: Int64, _ body: (KeyVersion) throws -> Bool
    ) throws -> Bool {
        var keys = try LiveKeys(self, at: revision, in: span)
        while let element = try keys.next() {
            guard !element.keyValue.key.isEmpty else { continue }
            guard try body(KeyVersion(element)) else { return false }
        }
        return true
    }

    /// Calls `body` for each change of `key` that is left since the last compaction, the oldest first. Reads the whole
    /// bucket: there is no index by user key.
    package func forEachChange(
        of key: [UInt8], upTo last: Int64 = .max, _ body: (KeyVersion) throws -> Void
    ) throws {
        var cursor = cursor()
        while let entry = try cursor.next() {
            let revision = try RevisionKey(of: entry)
            guard revision.main <= last else { return }
            guard try KeyValue.key(of: entry) == key else { continue }
            try body(KeyVersion(entry, revision, KeyValue(of: entry)))
        }
    }

    /// The key as it is at `revision`; nil when it does not exist then.
    package func version(of key: [UInt8], at revision: Int64) throws -> KeyVersion? {
        var newest: KeyVersion?
        try forEachChange(of: key, upTo: revision) { newest = $0 }
        return newest?.isTombstone == false ? newest : nil
    }

    /// What each type of Kubernetes object takes, live at the newest revision and as history.
    package func resourceSizes(prefixes: [String] = KubernetesKey.defaultPrefixes) throws -> ResourceSizes {
        var counter = ResourceSizes.Counter(prefixes: prefixes)
        var cursor = cursor()
        while let entry = try cursor.next() {
            counter.addStored(try KeyValue.key(of: entry), bytes: entry.key.count + entry.value.count)
        }
        _ = try forEachLiveKey(in: .all, at: revision) { version in
            counter.addLive(version.key, bytes: version.storedBytes)
            return true
        }
        return counter.sizes()
    }
}
