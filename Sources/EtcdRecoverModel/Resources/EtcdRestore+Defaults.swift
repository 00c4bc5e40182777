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
            if takesVersionFromSource { target.version = sourceVersion ?? target.version }
            spec.target = target
        }
        spec.restoreTimeout = spec.restoreTimeout.ifGiven ?? "10m"
        var copy = self
        copy.spec = spec
        return copy
    }

    /// Whether `target.version` is left for the backup's source cluster to say.
    var takesVersionFromSource: Bool {
        guard let target = spec?.target, let source = spec?.source else { return false }
        return target.version.ifGiven == nil && source.backupRef != nil && source.location == nil
    }

    package func hasSameSpec(as old: EtcdRestore) -> Bool {
        spec == old.spec || defaulted(sourceVersion: old.spec?.target?.version).spec == old.defaulted().spec
    }

    package func sourceVersion(old: EtcdRestore?, lookup: any Lookup) async -> String? {
        guard takesVersionFromSource else { return nil }
        if let version = old?.spec?.target?.version.ifGiven { return version }
        return await RestoreSource.lookUp(of: self, in: lookup).clusterVersion
    }

    package func defaultPatch(from received: EtcdRestore) -> DefaultPatch {
        var patch = DefaultPatch()
        guard let old = received.spec, let new = spec else { return patch }
        if let before = old.source?.location?.destination, let after = new.source?.location?.destination {
            after.addDefaults(to: &patch, at: "/spec/source/location/destination", from: before)
        }
        if let before = old.target, let after = new.target {
            patch.set("/spec/target/size", before.size, after.size, JSONValue.int)
            patch.set("/spec/target/version", before.version, after.version, JSONValue.string)
        }
        patch.set("/spec/restoreTimeout", old.restoreTimeout, new.restoreTimeout, JSONValue.string)
        return patch
    }
}
