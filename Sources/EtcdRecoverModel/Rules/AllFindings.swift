extension ManagedResource {
    /// Everything the rules have to say, look-ups included, in field order and each thing once. `old` is the object as
    /// stored, on update; then nothing is said of a spec that stays, nor looked up for one that may not change.
    package func allFindings(
        old: Self? = nil, requester: UserInfo? = nil, lookup: any Lookup, options: RuleOptions = RuleOptions()
    ) async -> [Finding] {
        guard isJudged(after: old) else { return [] }
        let pure = pureFindings(old: old, options: options)
        if let old, old.hasPhase { return pure }
        let looked = await lookupFindings(requester: requester, lookup: lookup, options: options)
        return FieldOrder(schema: Self.wholeSchema).sorted(pure + looked)
    }
}
