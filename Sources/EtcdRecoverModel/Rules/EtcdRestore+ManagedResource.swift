extension EtcdRestore: ManagedResource {
    package func pureFindings(old: EtcdRestore?, options: RuleOptions) -> [Finding] {
        guard spec?.target?.name.ifGiven == nil else { return [] }
        return [
            Finding(
                RuleID(rawValue: "restore.target.name.required"), at: FieldPath("spec", "target", "name"), .error,
                .required, "Required value: name the EtcdCluster to create")
        ]
    }

    package func lookupFindings(requester: UserInfo?, lookup: any Lookup, options: RuleOptions) async -> [Finding] {
        []
    }
}
