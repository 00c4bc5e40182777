extension ManagedResource {
    /// What the rules say without asking anybody, in field order. `old` is the object as stored, on update.
    package func pureFindings(old: Self?, options: RuleOptions) -> [Finding] {
        switch update(after: old) {
        case .settled: []
        case .refused(let findings): findings
        case .open: specFindings(options: options)
        }
    }

    /// Everything the rules have to say, look-ups included, in field order and each thing once. `old` is the object as
    /// stored, on update; then nothing is said of a spec that stays, nor looked up for one that may not change.
    package func allFindings(
        old: Self? = nil, requester: UserInfo? = nil, lookup: any Lookup, options: RuleOptions = RuleOptions()
    ) async -> [Finding] {
        switch update(after: old) {
        case .settled: return []
        case .refused(let findings): return findings
        case .open:
            let pure = specFindings(options: options)
            let looked = await lookupFindings(requester: requester, lookup: lookup, options: options)
            return FieldOrder(schema: Self.wholeSchema).sorted(pure + looked)
        }
    }
}
