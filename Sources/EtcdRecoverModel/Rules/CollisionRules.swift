/// Retention deletes under `<prefix>/<cluster>/`, so no two clusters may share that place, nor one lie inside another's.
enum CollisionRules {
    static let collision = Rule(
        "destination.prefix.collision", .backup, at: "destination.prefix", .duplicate,
        "No other cluster's backups write to the same place or one inside it, where one of both deletes by retention.")
    static let all = [collision]
}

extension Looking {
    func collisionFindings(_ backup: EtcdBackup) async -> [Finding] {
        guard let place = SnapshotPlace(backup, in: namespace) else { return [] }
        let path = FieldPath("spec", "destination", "prefix")
        let others: [EtcdBackup]
        switch await lookup.etcdBackups() {
        case .found(let found): others = found
        case .absent: others = []
        case .unavailable(let reason): return [unavailable(at: path, question, reason)]
        }
        let clash = others.first { other in
            guard other.status?.phase != .failed, mayClash(backup, other),
                let theirs = SnapshotPlace(other, in: other.metadata.namespace ?? namespace)
            else { return false }
            return place.clashes(with: theirs) && (place.deletes || theirs.deletes)
        }
        // Of a set of manifests it judges those: a note that there may be more would stand at every sound backup.
        return clash.map { [finding(place, $0, at: path)] } ?? []
    }

    /// Cheap, for rules that run over thousands. Of directories inside each other the prefixes begin alike; below one and
    /// the same prefix every cluster has a directory of its own.
    private func mayClash(_ backup: EtcdBackup, _ other: EtcdBackup) -> Bool {
        let mine = (backup.spec?.destination?.prefix ?? "").utf8
        let theirs = (other.spec?.destination?.prefix ?? "").utf8
        return mine.elementsEqual(theirs)
            ? backup.spec?.clusterRef == other.spec?.clusterRef
            : mine.starts(with: theirs) || theirs.starts(with: mine)
    }

    private var question: String { "whether another cluster's backups go to the same place" }

    /// Names the other object only to those who can see it: those of its namespace.
    private func finding(_ place: SnapshotPlace, _ other: EtcdBackup, at path: FieldPath) -> Finding {
        let isVisible = (other.metadata.namespace ?? namespace) == namespace
        let owner =
            isVisible
            ? "EtcdBackup \(quoted(other.metadata.name ?? "")) of cluster \(quoted(other.spec?.clusterRef ?? ""))"
            : "an EtcdBackup in another namespace"
        return Finding(
            CollisionRules.collision, at: path, value: quoted(place.directory),
            "\(owner) writes there too, or above or below it, and retention could delete the wrong cluster's snapshots: "
                + "give each cluster a prefix of its own")
    }
}

/// Where the snapshots of one cluster go.
private struct SnapshotPlace {
    /// Provider, server and bucket.
    var store: [String]
    /// With a slash at its end, so that `a/` is not the beginning of `ab/`. A key is its bytes: what Unicode holds for
    /// equal, or for one character, may be two places.
    var directory: String
    var cluster: ObjectName
    var deletes: Bool

    init?(_ backup: EtcdBackup, in namespace: String) {
        guard let spec = backup.spec, let destination = spec.destination, let cluster = spec.clusterRef.ifGiven,
            let provider = destination.effectiveProvider,
            let bucket = (provider == .s3 ? destination.s3?.bucket : destination.gcs?.bucket).ifGiven
        else { return nil }
        let endpoint = provider == .s3 ? destination.s3?.endpoint : destination.gcs?.endpoint
        // Every name of Amazon's own leads to the same buckets.
        let server =
            endpoint.ifGiven.map { text in EndpointURL(text).map { $0.isAWS ? "" : $0.authority } ?? text } ?? ""
        store = [provider.rawValue, server, bucket]
        let prefix = Destination.withoutTrailingSlash(destination.prefix ?? "")
        directory = prefix.isEmpty ? "\(cluster)/" : "\(prefix)/\(cluster)/"
        self.cluster = ObjectName(namespace: namespace, name: cluster)
        deletes = spec.retention?.retainCount ?? 0 > 0
    }

    func clashes(with other: SnapshotPlace) -> Bool {
        store == other.store && cluster != other.cluster
            && (directory.utf8.starts(with: other.directory.utf8) || other.directory.utf8.starts(with: directory.utf8))
    }
}
