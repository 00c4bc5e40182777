extension EtcdRecovery {
    package var hasPhase: Bool { status?.phase.map { !$0.rawValue.isEmpty } ?? false }

    /// A recovery has nothing that depends on a version.
    package func defaulted(sourceVersion: String? = nil) -> EtcdRecovery {
        guard var spec else { return self }
        spec.approved = spec.approved ?? false
        spec.gracePeriod = spec.gracePeriod.ifGiven ?? "60s"
        spec.recoveryTimeout = spec.recoveryTimeout.ifGiven ?? "30m"
        spec.destination = spec.destination?.defaulted
        var copy = self
        copy.spec = spec
        return copy
    }

    package func hasSameSpec(as old: EtcdRecovery) -> Bool {
        spec == old.spec || defaulted().spec == old.defaulted().spec
    }

    package func sourceVersion(old: EtcdRecovery?, lookup: any Lookup) async -> String? { nil }

    package func defaultPatch(from received: EtcdRecovery) -> DefaultPatch {
        var patch = DefaultPatch()
        guard let old = received.spec, let new = spec else { return patch }
        patch.set("/spec/approved", old.approved, new.approved, JSONValue.bool)
        patch.set("/spec/gracePeriod", old.gracePeriod, new.gracePeriod, JSONValue.string)
        patch.set("/spec/recoveryTimeout", old.recoveryTimeout, new.recoveryTimeout, JSONValue.string)
        if let before = old.destination, let after = new.destination {
            after.addDefaults(to: &patch, at: "/spec/destination", from: before)
        }
        return patch
    }
}
