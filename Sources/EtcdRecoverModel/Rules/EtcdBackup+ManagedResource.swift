extension EtcdBackup: ManagedResource {
    package init(metadata: ObjectMeta) { self.init(metadata: metadata, spec: nil) }

    package func specFindings(options: RuleOptions) -> [Finding] {
        guard let spec else {
            return [Finding(UpdateRules.specRequired, at: FieldPath("spec"), "say what to back up, and where to")]
        }
        return EtcdBackupRules.judge(self, spec, options)
    }

    package func lookupFindings(requester: UserInfo?, lookup: any Lookup, options: RuleOptions) async -> [Finding] {
        guard metadata.deletionTimestamp == nil, let spec else { return [] }
        let looking = Looking(
            lookup: lookup, namespace: metadata.namespace ?? "default", severity: options.unavailableLookup)
        async let cluster = looking.clusterFindings(spec.clusterRef, notFound: EtcdBackupRules.clusterNotFound)
        async let credentials = looking.credentialFindings(
            spec.destination, at: FieldPath("spec", "destination"), requester, options)
        async let collisions = looking.collisionFindings(self)
        return await FieldOrder(schema: Self.wholeSchema).sorted(cluster + credentials + collisions)
    }
}
