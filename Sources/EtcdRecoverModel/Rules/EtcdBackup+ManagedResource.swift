extension EtcdBackup: ManagedResource {
    package func pureFindings(old: EtcdBackup?, options: RuleOptions) -> [Finding] {
        guard spec?.clusterRef.ifGiven == nil else { return [] }
        return [
            Finding(
                RuleID(rawValue: "backup.clusterRef.required"), at: FieldPath("spec", "clusterRef"), .error, .required,
                "Required value: name the EtcdCluster to back up")
        ]
    }

    package func lookupFindings(requester: UserInfo?, lookup: any Lookup, options: RuleOptions) async -> [Finding] {
        []
    }
}
