extension EtcdRestore {
    package var hasPhase: Bool { status?.phase.map { !$0.rawValue.isEmpty } ?? false }

    /// `sourceVersion` fills `target.version` only where a backup is the source: a location names its own.
    package func defaulted(sourceVersion: String? = nil) -> EtcdRestore {
        guard var spec else { return self }
        if let destination = spec.source?.location?.destination {
            spec.source?.location?.destination = destination.defaulted
        }
        if var target = spec.target {
            target.size = target.size ?? 1
            if spec.source?.backupRef != nil, spec.source?.location == nil {
                target.version = target.version.ifGiven ?? sourceVersion ?? target.version
            }
            spec.target = target
        }
        spec.restoreTimeout = spec.restoreTimeout.ifGiven ?? "10m"
        var copy = self
        copy.spec = spec
        return copy
    }
}
