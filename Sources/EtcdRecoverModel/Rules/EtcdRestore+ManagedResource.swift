extension EtcdRestore: ManagedResource {
    package init(metadata: ObjectMeta) { self.init(metadata: metadata, spec: nil) }

    package func specFindings(options: RuleOptions) -> [Finding] {
        guard let spec else {
            return [Finding(UpdateRules.specRequired, at: FieldPath("spec"), "say what to restore, and into what")]
        }
        return EtcdRestoreRules.judge(spec, options)
    }

    package func lookupFindings(requester: UserInfo?, lookup: any Lookup, options: RuleOptions) async -> [Finding] {
        guard metadata.deletionTimestamp == nil, let spec else { return [] }
        let looking = Looking(
            lookup: lookup, namespace: metadata.namespace ?? "default", severity: options.unavailableLookup)
        async let credentials = looking.credentialFindings(
            spec.source?.location?.destination, at: FieldPath("spec", "source", "location", "destination"), requester,
            options)
        async let source = looking.sourceFindings(self, requester, options)
        async let target = looking.emptyTargetFindings(self, options)
        return await FieldOrder(schema: Self.wholeSchema)
            .sorted(credentials + source + target)
    }
}
