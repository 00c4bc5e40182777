/// A restore that can be carried out: everything was checked, and nothing is changed yet.
struct RestorePlan: Sendable {
    let request: RestoreRequest
    let membership: Membership
    let target: RestoreTarget
    let source: Database
    let metadata: ClusterMetadata
    let versions: VersionChange
    /// Of the source, and what it becomes.
    let revisions: (old: Int64, new: Int64)

    init(_ request: RestoreRequest) throws {
        guard request.bumpRevision >= 0, (request.bumpRevision > 0) == request.marksCompacted else {
            throw RestoreError.bumpWithoutMark
        }
        self.request = request
        membership = try Self.membership(of: request)
        target = try Self.target(of: request)
        let file = try MappedFile(path: request.file ?? request.snapshot)
        do {
            source = try Database(file)
            guard source.imageSize <= source.content.count else {
                throw RestoreError.truncated(
                    request.snapshot, expected: source.imageSize, actual: source.content.count)
            }
            guard source.trailer != nil || request.skipsHashCheck else {
                throw RestoreError.missingHash(request.snapshot)
            }
            metadata = try ClusterMetadata(source)
            revisions = try Self.revisions(of: source, request)
        } catch let finding as Finding {
            throw RestoreError.damaged(request.snapshot, [finding])
        }
        versions = try VersionChange(
            storageVersion: metadata.storageVersion, clusterVersion: metadata.clusterVersion,
            target: request.targetVersion)
        try target.checkSpace(for: request.consumesSnapshot ? 0 : copySize)
    }

    static func membership(of request: RestoreRequest) throws -> Membership {
        try Membership(
            name: request.name, initialCluster: InitialCluster(request.initialCluster), token: request.token,
            advertised: request.advertisedPeerURLs.split(separator: ",").map { try PeerURL(String($0)) })
    }

    static func target(of request: RestoreRequest) throws(RestoreError) -> RestoreTarget {
        try RestoreTarget(
            dataDirectory: request.dataDirectory ?? "\(request.name).etcd", walDirectory: request.walDirectory,
            consuming: request.consumesSnapshot ? request.file ?? request.snapshot : nil,
            isDisplacing: request.displaces != nil)
    }

    /// Bytes of the source that are copied: all that the hash is about, or all that counts.
    var copySize: Int { checksHash ? source.content.count : source.imageSize }
    var checksHash: Bool { !request.skipsHashCheck }

    /// What becomes of the small buckets.
    func edit() throws -> DatabaseEdit {
        var edit = DatabaseEdit()
        edit.buckets["members"] = membership.members.map { PageWriter.Item($0.id.description, Array($0.json.utf8)) }
            .sorted { $0.key.lexicographicallyPrecedes($1.key) }
        edit.buckets["members_removed"] = []
        edit.buckets["meta"] = try metaItems()
        let hasCluster = try source.bucket("cluster") != nil
        if !hasCluster || versions.clusterVersion != .kept {
            edit.buckets["cluster"] = try items(of: "cluster").filter { $0.key != Array("clusterVersion".utf8) }
        }
        if request.disarmsAlarms { edit.buckets["alarm"] = [] }
        if revisions.new != revisions.old { edit.revision = RevisionKey(main: revisions.new) }
        return edit
    }

    private func metaItems() throws -> [PageWriter.Item] {
        var values: [[UInt8]: [UInt8]] = [:]
        for item in try items(of: "meta") { values[item.key] = item.value }
        values[Array("consistent_index".utf8)] = bigEndianBytes(UInt64(membership.members.count))
        values[Array("term".utf8)] = bigEndianBytes(RestoredLog.term)
        switch versions.storageVersion {
        case .kept: break
        case .removed: values[Array("storageVersion".utf8)] = nil
        case .lowered(let text): values[Array("storageVersion".utf8)] = Array(text.utf8)
        }
        if revisions.new != revisions.old {
            values[Array("scheduledCompactRev".utf8)] = RevisionKey(main: revisions.new).encoded
        }
        return values.map { PageWriter.Item($0.key, $0.value) }
            .sorted { $0.key.lexicographicallyPrecedes($1.key) }
    }

    private func items(of name: String) throws -> [PageWriter.Item] {
        try source.bucket(name).map { try DatabaseEdit.items(of: $0, in: source) } ?? []
    }

    private static func revisions(of source: Database, _ request: RestoreRequest) throws -> (Int64, Int64) {
        let revision = try Keyspace(source).revision
        let (bumped, overflow) = revision.addingReportingOverflow(request.bumpRevision)
        // etcd goes on counting from there.
        guard !overflow, bumped < .max else {
            throw RestoreError.revisionTooHigh(last: revision, bump: request.bumpRevision)
        }
        return (revision, bumped)
    }
}
