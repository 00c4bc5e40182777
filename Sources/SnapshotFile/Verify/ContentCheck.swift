/// What etcd keeps in the buckets: names, shapes, and how values fit together.
struct ContentCheck {
    private let database: Database
    private var seen: Set<EtcdBucket> = []
    private var lastRevision: RevisionKey?
    private var compaction: (scheduled: RevisionKey?, finished: RevisionKey?)

    init(_ database: Database) {
        self.database = database
    }

    /// Which bucket it is.
    mutating func enter(_ bucket: Bucket, _ entry: Entry, _ findings: inout Findings) -> EtcdBucket {
        let kind = EtcdBucket(bucket.name)
        seen.insert(kind)
        if kind == .unknown {
            findings.add(
                Finding(
                    .warning, page: entry.page, offset: entry.offset, expected: "a bucket of etcd",
                    found: printed(bucket.name)))
        }
        return kind
    }

    mutating func check(_ entry: Entry, in bucket: EtcdBucket, _ findings: inout Findings) {
        guard !entry.isBucket else {
            findings.add(
                Finding(
                    page: entry.page, offset: entry.offset, expected: "a plain value in \(bucket.rawValue)",
                    found: "a bucket named \(printed(entry.key))"))
            return
        }
        do {
            switch bucket {
            case .key: try checkVersion(entry, &findings)
            case .meta: try checkMeta(entry)
            case .lease: _ = try StoredLease(of: entry)
            case .members: _ = try StoredMember(of: entry)
            case .membersRemoved: _ = try MemberID(of: entry)
            case .alarm:
                let alarm = try Alarm(of: entry)
                findings.add(
                    Finding(
                        .warning, page: entry.page, offset: entry.offset, expected: "no alarm",
                        found: "\(alarm.kind) of member \(alarm.member), which a restored cluster inherits"))
            case .auth, .cluster: try checkSetting(entry, bucket)
            case .authUsers, .authRoles: try entry.checkMessage(named: entry.key)
            case .unknown: break
            }
        } catch {
            findings.add(error)
        }
    }

    /// What can be said once everything was seen.
    mutating func finish(_ findings: inout Findings) {
        for bucket in EtcdBucket.allCases where bucket != .unknown && !seen.contains(bucket) {
            findings.add(
                Finding(
                    bucket.isEssential ? .error : .warning, page: database.meta.rootPage,
                    expected: "a bucket named \"\(bucket.rawValue)\"", found: "none"))
        }
        // Marks may lead the newest revision: a compaction up to it deletes tombstones, the newest entry among them.
        if let finished = compaction.finished, finished > compaction.scheduled ?? RevisionKey(main: 0) {
            findings.add(
                Finding(
                    expected: "no finished compaction without a scheduled one",
                    found: "finished at \(finished.main), scheduled at \(compaction.scheduled?.main ?? 0)"))
        }
    }

    private mutating func checkVersion(_ entry: Entry, _ findings: inout Findings) throws(Finding) {
        let revision = try RevisionKey(of: entry)
        // A tombstone's key is longer, not another revision.
        if let lastRevision, revision <= lastRevision {
            findings.add(
                entry.unexpectedKey("a revision after \(lastRevision.main), \(lastRevision.sub)"))
        }
        lastRevision = revision
        // Left by `--bump-revision`.
        if entry.value.isEmpty { return }
        let version = try KeyValue(of: entry)
        if version.key.isEmpty { findings.add(entry.unexpected("a message with a key")) }
        if revision.isTombstone { return }
        if version.modRevision != revision.main {
            findings.add(entry.unexpected("a message of revision \(revision.main), not of \(version.modRevision)"))
        }
        if version.createRevision < 1 || version.createRevision > version.modRevision || version.version < 1 {
            findings.add(
                entry.unexpected(
                    "a version from 1 on that was created up to \(version.modRevision), "
                        + "not version \(version.version) created at \(version.createRevision)"))
        }
    }

    private mutating func checkMeta(_ entry: Entry) throws(Finding) {
        switch entry.key.text {
        case "consistent_index", "term":
            guard entry.value.count == 8 else { throw entry.unexpected("8 bytes as \(entry.key.text)") }
        case "scheduledCompactRev": compaction.scheduled = try entry.compactionMark()
        case "finishedCompactRev": compaction.finished = try entry.compactionMark()
        case "confState": let _: ConfState = try entry.json("raft configuration")
        case "storageVersion": try entry.checkRelease()
        default: break
        }
    }

    private func checkSetting(_ entry: Entry, _ bucket: EtcdBucket) throws(Finding) {
        switch entry.key.text {
        case "authEnabled":
            guard entry.value == [0] || entry.value == [1] else { throw entry.unexpected("one byte, 0 or 1") }
        case "authRevision":
            guard entry.value.count == 8 else { throw entry.unexpected("8 bytes as authRevision") }
        case "clusterVersion": try entry.checkRelease()
        default: break
        }
    }
}

extension Entry {
    fileprivate func compactionMark() throws(Finding) -> RevisionKey {
        guard value.count == 17, let revision = RevisionKey(value) else {
            throw unexpected("a revision of 17 bytes as \(key.text)")
        }
        return revision
    }

    /// `3.6.0`
    fileprivate func checkRelease() throws(Finding) {
        let parts = value.count <= 64 ? value.text.split(separator: ".", omittingEmptySubsequences: false) : []
        guard parts.count == 3, UInt(parts[0]) != nil, UInt(parts[1]) != nil else {
            throw unexpected("a release such as 3.5.0")
        }
    }

    /// A message whose field 1 is its name.
    fileprivate func checkMessage(named name: Bytes) throws(Finding) {
        var reader = WireReader(value)
        var found = Bytes.empty
        do {
            while let field = try reader.next() {
                if case (1, .bytes(let bytes)) = field { found = bytes }
            }
        } catch {
            throw unexpected("a message")
        }
        guard found == name else { throw unexpected("a message named \(printed(name))") }
    }
}
