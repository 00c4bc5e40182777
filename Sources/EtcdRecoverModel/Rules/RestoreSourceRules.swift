enum RestoreSourceRules {
    static let notFound = Rule(
        "restore.source.backupRef.notFound", .restore, at: "spec.source.backupRef.name", .notFound,
        "The EtcdBackup exists in the restore's namespace.")
    static let notCompleted = Rule(
        "restore.source.backupRef.notCompleted", .restore, at: "spec.source.backupRef.name", .invalid,
        "The EtcdBackup is Completed.")
    static let noLocation = Rule(
        "restore.source.backupRef.noLocation", .restore, at: "spec.source.backupRef.name", .invalid,
        "The EtcdBackup records where its snapshot lies.")
    static let tooOld = Rule(
        "restore.target.version.tooOld", .restore, at: "spec.target.version", .invalid,
        "The target's minor version is not older than the one that wrote the snapshot, where that is recorded.")
    static let all = [notFound, notCompleted, noLocation, tooOld]
}

extension Finding {
    /// Whether it says that the EtcdBackup has no snapshot to restore.
    package var isAboutUnusableBackup: Bool {
        [RestoreSourceRules.notFound, RestoreSourceRules.notCompleted, RestoreSourceRules.noLocation]
            .contains { $0.id == rule }
    }
}

/// What a restore's backupRef leads to: the EtcdBackup and, where the restore leaves its version to it, the EtcdCluster
/// that it was taken from.
struct RestoreSource: Sendable {
    /// Nil when there is no backupRef to follow.
    var backup: LookedUp<EtcdBackup>?
    /// Nil when nothing asks for it.
    var cluster: LookedUp<EtcdCluster>?

    static func lookUp(of restore: EtcdRestore, in lookup: any Lookup) async -> RestoreSource {
        let backup = await backup(of: restore, in: lookup)
        return await RestoreSource(backup: backup, cluster: cluster(of: backup, for: restore, in: lookup))
    }

    fileprivate static func backup(of restore: EtcdRestore, in lookup: any Lookup) async -> LookedUp<EtcdBackup>? {
        guard let name = restore.spec?.source?.backupRef?.name, KubernetesName.isSubdomain(name) else { return nil }
        return await lookup.etcdBackup(ObjectName(namespace: restore.metadata.namespace ?? "default", name: name))
    }

    fileprivate static func cluster(
        of backup: LookedUp<EtcdBackup>?, for restore: EtcdRestore, in lookup: any Lookup
    ) async -> LookedUp<EtcdCluster>? {
        guard restore.takesVersionFromSource, case .found(let found)? = backup, let cluster = found.spec?.clusterRef,
            ClusterNameRules.isValid(cluster)
        else { return nil }
        return await lookup.etcdCluster(
            ObjectName(namespace: restore.metadata.namespace ?? "default", name: cluster))
    }

    var clusterVersion: String? {
        if case .found(let cluster)? = cluster { cluster.spec?.version.ifGiven } else { nil }
    }
}

extension Looking {
    /// Asks twice: what the backup names can only be looked up once it is known.
    func sourceFindings(_ restore: EtcdRestore, _ requester: UserInfo?, _ options: RuleOptions) async -> [Finding] {
        let name = restore.spec?.source?.backupRef?.name ?? ""
        let path = FieldPath("spec", "source", "backupRef", "name")
        let backup = await RestoreSource.backup(of: restore, in: lookup)
        guard case .found(let found)? = backup else {
            return findings(about: RestoreSource(backup: backup), named: name, at: path, restore)
        }
        async let cluster = RestoreSource.cluster(of: backup, for: restore, in: lookup)
        async let credentials = credentialFindings(ofBackup: found, named: name, at: path, requester, options)
        let source = await RestoreSource(backup: backup, cluster: cluster)
        return await findings(about: source, named: name, at: path, restore) + credentials
    }

    private func findings(
        about source: RestoreSource, named name: String, at path: FieldPath, _ restore: EtcdRestore
    ) -> [Finding] {
        switch source.backup {
        case nil: return []
        case .absent:
            return [
                Finding(
                    RestoreSourceRules.notFound, at: path, value: quoted(name),
                    "there is no EtcdBackup of that name in namespace \(quoted(namespace)): name one that is Completed")
            ]
        case .unavailable(let reason):
            return [unavailable(at: path, "whether EtcdBackup \(quoted(name)) exists and is Completed", reason)]
        case .found(let backup):
            return findings(about: backup, named: name, at: path) + versionFindings(source, backup, restore)
        }
    }

    private func findings(about backup: EtcdBackup, named name: String, at path: FieldPath) -> [Finding] {
        let phase = backup.status?.phase?.rawValue ?? ""
        guard phase == EtcdBackup.Phase.completed.rawValue else {
            let state =
                switch phase {
                case "": "has not begun"
                case EtcdBackup.Phase.failed.rawValue: "is Failed and has no snapshot"
                default: "is \(phase), not yet Completed"
                }
            let advice = phase == "Failed" ? "name one that is Completed" : "wait for it, or name one that is Completed"
            return [
                Finding(
                    RestoreSourceRules.notCompleted, at: path, value: quoted(name),
                    "that EtcdBackup \(state): \(advice)")
            ]
        }
        guard backup.status?.snapshotLocation.ifGiven == nil else { return [] }
        return [
            Finding(
                RestoreSourceRules.noLocation, at: path, value: quoted(name),
                "that EtcdBackup is Completed but does not record where its snapshot lies: name another, or use location"
            )
        ]
    }

    private func versionFindings(_ source: RestoreSource, _ backup: EtcdBackup, _ restore: EtcdRestore) -> [Finding] {
        let path = FieldPath("spec", "target", "version")
        let recorded = backup.status?.snapshot?.etcdVersion.ifGiven
        guard let version = restore.spec?.target?.version.ifGiven ?? source.clusterVersion else {
            return restore.takesVersionFromSource ? missingVersion(source, backup, recorded, at: path) : []
        }
        guard let target = EtcdVersion(version), let recorded, let writer = EtcdVersion(recorded),
            target.isOlderMinor(than: writer)
        else { return [] }
        return [
            Finding(
                RestoreSourceRules.tooOld, at: path, value: quoted(version),
                "the snapshot was written by etcd \(recorded), and an older minor may not read it: use at least "
                    + "\(writer.major).\(writer.minor)")
        ]
    }

    private func missingVersion(
        _ source: RestoreSource, _ backup: EtcdBackup, _ recorded: String?, at path: FieldPath
    ) -> [Finding] {
        let cluster = quoted(backup.spec?.clusterRef ?? "")
        if case .unavailable(let reason)? = source.cluster {
            return [unavailable(at: path, "the version of EtcdCluster \(cluster), which is the default", reason)]
        }
        let hint = recorded.map { " (the snapshot was written by \($0))" } ?? ""
        return [
            Finding(
                EtcdRestoreRules.versionRequired, at: path,
                "EtcdCluster \(cluster), which the backup was taken from, no longer tells: name the etcd version to run"
                    + hint)
        ]
    }
}
