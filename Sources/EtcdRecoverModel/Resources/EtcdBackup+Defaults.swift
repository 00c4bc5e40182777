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

    package func hasSameSpec(as old: EtcdBackup) -> Bool {
        spec == old.spec || defaulted().spec == old.defaulted().spec
    }

    package func sourceVersion(old: EtcdBackup?, lookup: any Lookup) async -> String? { nil }

    package func defaultPatch(from received: EtcdBackup) -> DefaultPatch {
        var patch = DefaultPatch()
        guard let old = received.spec, let new = spec else { return patch }
        if let before = old.destination, let after = new.destination {
            after.addDefaults(to: &patch, at: "/spec/destination", from: before)
        }
        patch.set("/spec/snapshotTimeout", old.snapshotTimeout, new.snapshotTimeout, JSONValue.string)
        let retainCount = { (count: Int32) in JSONValue.int(Int64(count)) }
        if let before = old.retention {
            patch.set("/spec/retention/retainCount", before.retainCount, new.retention?.retainCount, retainCount)
        } else {
            patch.set("/spec/retention", nil, new.retention?.retainCount) { .object(["retainCount": retainCount($0)]) }
        }
        return patch
    }
}
