package import EtcdRecoverModel

extension RestoreOrder {
    /// What an EtcdRecovery that rebuilds its cluster has to lay: the rescue copy of the member that is kept, or what that
    /// member has on its own volume.
    init(of recovery: EtcdRecovery) throws(InjectionRefusal) {
        let (spec, status) = (recovery.spec, recovery.status)
        let name = recovery.metadata.name ?? ""
        guard let phase = status?.phase, phase == .rebuilding || phase == .scalingOut else {
            throw InjectionRefusal(
                "EtcdRecovery \(name) is \(status?.phase?.rawValue ?? "new"): pods start while it is Rebuilding or ScalingOut"
            )
        }
        guard let survivor = status?.survivor else {
            throw InjectionRefusal("EtcdRecovery \(name) has not chosen the member to keep: status.survivor is empty")
        }
        // As of the approval: the spec may leave it to the cluster's newest backup.
        let place = status?.destination ?? spec?.destination
        let isRebuilt: Bool? = phase == .scalingOut ? true : nil
        let isPlain = status?.layout == .plain
        let record = Record(
            namespace: recovery.metadata.namespace ?? "", name: name, uid: recovery.metadata.uid ?? "",
            // Not the object's own: that also counts who approved and who aborted.
            generation: max((phase == .scalingOut ? status?.laidAttempt : nil) ?? status?.attempts ?? 1, 1))
        let timeout = spec?.recoveryTimeout ?? "10m"
        let copy = status?.rescueCopies?.first(where: { $0.member == survivor.name })
        if survivor.fromVolume == true, copy == nil {
            // The other members have nothing to copy it from, and no other pod has its volume.
            guard !isPlain, PodOrdinal(survivor.name)?.ordinal == 0 else {
                throw InjectionRefusal(
                    "EtcdRecovery \(name) is to keep what is on the volume of \(survivor.name), and has no copy of it: without "
                        + "one that can only be done for the first member of the etcd-operator's clusters")
            }
            self.init(
                restore: record, destination: place ?? Destination(), key: "", timeout: timeout,
                recovery: RecoveryOrder(takesOwnDatabase: true, isRebuilt: isRebuilt))
            return
        }
        guard let copy else {
            throw InjectionRefusal(
                "EtcdRecovery \(name) has no rescue copy of \(survivor.name): status.rescueCopies does not name it")
        }
        let laid = RecoveryOrder(laysAllMembers: isPlain, isRebuilt: isRebuilt)
        if let key = EtcdRecovery.RescueServer.key(ofLocation: copy.location) {
            guard let server = status?.rescueServer else {
                throw InjectionRefusal(
                    "the rescue copy at \(copy.location) is on the controller's volume, and status.rescueServer of EtcdRecovery "
                        + "\(name) does not tell who has it")
            }
            self.init(
                restore: record, destination: Destination(), key: key, sha256: copy.sha256, revision: copy.revision,
                timeout: timeout, recovery: laid, rescue: server)
            return
        }
        guard let object = SnapshotPlace(copy.location), let destination = place, destination.store == object.store
        else {
            throw InjectionRefusal(
                "the rescue copy at \(copy.location) is not in the bucket that EtcdRecovery \(name) names")
        }
        self.init(
            restore: record, destination: destination, key: object.key, sha256: copy.sha256, revision: copy.revision,
            timeout: timeout, recovery: laid)
    }
}

extension RestoreOrder {
    /// To put the database of a member into the store, under `key`, before anything is stopped.
    package init(saving key: String, in destination: Destination, for recovery: EtcdRecovery) {
        self.init(
            restore: Record(
                namespace: recovery.metadata.namespace ?? "", name: recovery.metadata.name ?? "",
                uid: recovery.metadata.uid ?? "", generation: max(recovery.status?.attempts ?? 1, 1)),
            destination: destination, key: key, timeout: recovery.spec?.recoveryTimeout ?? "10m",
            recovery: RecoveryOrder(savesDatabase: true))
    }
}
