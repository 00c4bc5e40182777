extension EtcdBackup: ManagedResource {
    package init(metadata: ObjectMeta) { self.init(metadata: metadata, spec: nil) }

    package func pureFindings(old: EtcdBackup?, options: RuleOptions) -> [Finding] {
        guard isJudged(after: old) else { return [] }
        if let refusal = UpdateRules.refusal(of: self, after: old) { return [refusal] }
        guard let spec else {
            return [Finding(UpdateRules.specRequired, at: FieldPath("spec"), "say what to back up, and where to")]
        }
        return EtcdBackupRules.judge(self, spec, options)
    }

    package func lookupFindings(requester: UserInfo?, lookup: any Lookup, options: RuleOptions) async -> [Finding] {
        guard metadata.deletionTimestamp == nil, let spec else { return [] }
        let looking = Looking(
            lookup: lookup, namespace: metadata.namespace ?? "default", severity: options.unavailableLookup)
        async let cluster = looking.clusterFindings(spec.clusterRef)
        async let credentials = looking.credentialFindings(
            spec.destination, at: FieldPath("spec", "destination"), requester, options)
        async let collisions = looking.collisionFindings(self)
        return await FieldOrder(schema: Self.wholeSchema).sorted(cluster + credentials + collisions)
    }
}

extension Looking {
    /// Whether the cluster to back up is there.
    fileprivate func clusterFindings(_ name: String?) async -> [Finding] {
        guard let name, ClusterNameRules.isValid(name) else { return [] }
        let path = FieldPath("spec", "clusterRef")
        switch await lookup.etcdCluster(object(name)) {
        case .found: return []
        case .absent: break
        case .unavailable(let reason):
            return [unavailable(at: path, "whether EtcdCluster \(quoted(name)) exists", reason)]
        }
        switch await lookup.statefulSet(object(name)) {
        case .found: return []
        case .absent:
            return [
                Finding(
                    EtcdBackupRules.clusterNotFound, at: path, value: quoted(name),
                    "there is no EtcdCluster of that name in namespace \(quoted(namespace)): name one that exists")
            ]
        case .unavailable(let reason):
            return [unavailable(at: path, "whether StatefulSet \(quoted(name)) exists", reason)]
        }
    }
}
