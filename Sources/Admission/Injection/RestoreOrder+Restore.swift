import EtcdRecoverModel

extension RestoreOrder {
    /// What an EtcdRestore that is under way has to lay. Its snapshot's place is what the controller has proved and
    /// recorded, so that none is guessed here.
    /// - Parameter backup: the one that `spec.source.backupRef` names.
    init(of restore: EtcdRestore, from backup: EtcdBackup?) throws(InjectionRefusal) {
        let restore = restore.defaulted()
        let name = restore.metadata.name ?? ""
        let phase = restore.status?.phase ?? .pending
        guard restore.metadata.deletionTimestamp == nil, !phase.isTerminal else {
            throw InjectionRefusal(
                "EtcdRestore \(name) is \(phase.isTerminal ? phase.rawValue : "being deleted") and restores nothing more"
            )
        }
        guard let location = restore.status?.snapshotLocation, let place = SnapshotPlace(location) else {
            throw InjectionRefusal(
                "EtcdRestore \(name) has not proved its snapshot yet: status.snapshotLocation is empty")
        }
        let source = restore.spec?.source
        guard let destination = backup?.defaulted().spec?.destination ?? source?.location?.destination,
            destination.store == place.store
        else {
            throw InjectionRefusal("the snapshot at \(location) is not in the bucket that EtcdRestore \(name) names")
        }
        self.init(
            restore: Record(
                namespace: restore.metadata.namespace ?? "", name: name, uid: restore.metadata.uid ?? "",
                generation: restore.metadata.generation ?? 0),
            destination: destination, key: place.key, sha256: backup?.status?.snapshot?.sha256,
            revision: backup?.status?.snapshot?.revision, skipHashCheck: source?.skipHashCheck ?? false,
            revisionBump: restore.spec?.target?.revisionBump ?? 0, version: restore.spec?.target?.version,
            timeout: restore.spec?.restoreTimeout ?? "10m")
    }
}
