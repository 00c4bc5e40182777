extension EtcdRecovery: ManagedResource {
    package init(metadata: ObjectMeta) { self.init(metadata: metadata, spec: nil) }

    package func specFindings(options: RuleOptions) -> [Finding] {
        guard let spec else {
            return [Finding(UpdateRules.specRequired, at: FieldPath("spec"), "name the cluster to recover")]
        }
        return EtcdRecoveryRules.judge(self, spec, options)
    }

    package func specUpdate(after old: EtcdRecovery) -> SpecUpdate {
        if hasSameSpec(as: old) { return .settled }
        // Without a spec there is nothing to compare: that is what is wrong with it.
        guard let spec else { return .open }
        return RecoveryUpdate(old: old, new: self, spec: spec).verdict
    }

    package func lookupFindings(requester: UserInfo?, lookup: any Lookup, options: RuleOptions) async -> [Finding] {
        guard metadata.deletionTimestamp == nil, let spec else { return [] }
        let looking = Looking(
            lookup: lookup, namespace: metadata.namespace ?? "default", severity: options.unavailableLookup)
        async let cluster = looking.clusterFindings(
            spec.clusterRef, notFound: RecoveredClusterRules.notFound, judging: RecoveredClusterRules.judge)
        async let others = looking.otherWorkFindings(self, options)
        async let credentials = looking.credentialFindings(
            spec.destination, at: FieldPath("spec", "destination"), requester, options)
        return await FieldOrder(schema: Self.wholeSchema).sorted(cluster + others + credentials)
    }
}
