extension EtcdBackup {
    package var hasPhase: Bool { status?.phase.map { !$0.rawValue.isEmpty } ?? false }

    /// A backup has nothing that depends on its source's version.
    package func defaulted(sourceVersion: String? = nil) -> EtcdBackup {
        guard var spec else { return self }
        spec.destination = spec.destination?.defaulted
        spec.snapshotTimeout = spec.snapshotTimeout.ifGiven ?? "10m"
        spec.retention = Retention(retainCount: spec.retention?.retainCount ?? 0)
        var copy = self
        copy.spec = spec
        return copy
    }
}
