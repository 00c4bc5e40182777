/// Which store, and how it is opened. What the blocks hold is judged by the rules of each provider.
enum DestinationRules {
    static let required = Rule("destination.required", .both, at: "destination", .required, "There is a destination.")
    static let providerRequired = Rule(
        "destination.provider.required", .all, at: "destination.provider", .required,
        "A provider is named, unless exactly one block is set and tells.")
    static let providerUnsupported = Rule(
        "destination.provider.unsupported", .all, at: "destination.provider", .notSupported,
        "The provider is `s3` or `gcs`.")
    static let secretNameRequired = Rule(
        "destination.secretRef.name.required", .all, at: "destination.secretRef.name", .required,
        "A secretRef names a Secret.")
    static let secretNameInvalid = Rule(
        "destination.secretRef.name.invalid", .all, at: "destination.secretRef.name", .invalid,
        "The Secret's name is a valid object name.")
    static let blockRequired = Rule(
        "destination.block.required", .all, at: "destination.s3, destination.gcs", .required,
        "The block of the provider's name is set.")
    static let blockForbidden = Rule(
        "destination.block.forbidden", .all, at: "destination.s3, destination.gcs", .forbidden,
        "The block of the other provider is not set.")
    static let all = [
        required, providerRequired, providerUnsupported, secretNameRequired, secretNameInvalid, blockRequired,
        blockForbidden,
    ]

    /// `keyLength`: bytes that are put behind the prefix, at most.
    static func judge(
        _ destination: Destination?, at path: FieldPath, keyLength: Int, _ options: RuleOptions,
        into findings: inout [Finding]
    ) {
        guard let destination else {
            findings.append(Finding(required, at: path, "set s3 or gcs with the bucket that holds the snapshots"))
            return
        }
        judgeProvider(destination, at: path["provider"], into: &findings)
        PrefixRules.judge(destination.prefix, at: path["prefix"], keyLength: keyLength, into: &findings)
        judgeSecretRef(destination.secretRef, at: path["secretRef"], into: &findings)
        judgeBlocks(destination, at: path, options, into: &findings)
    }

    private static func judgeProvider(_ destination: Destination, at path: FieldPath, into findings: inout [Finding]) {
        guard let provider = destination.effectiveProvider else {
            let text =
                destination.s3 == nil
                ? "name s3 or gcs, and set the block of that name" : "s3 and gcs are both set: keep one of them"
            findings.append(Finding(providerRequired, at: path, text))
            return
        }
        if !Destination.Provider.all.contains(provider) {
            findings.append(
                Finding(
                    providerUnsupported, at: path, provider.rawValue,
                    supported: Destination.Provider.all.map(\.rawValue)))
        }
    }

    private static func judgeSecretRef(_ secretRef: LocalReference?, at path: FieldPath, into findings: inout [Finding])
    {
        guard let secretRef else { return }
        let path = path["name"]
        guard let name = secretRef.name.ifGiven else {
            findings.append(
                Finding(
                    secretNameRequired, at: path,
                    "name the Secret that holds the credentials, or remove secretRef to use those of the environment"))
            return
        }
        if let problem = KubernetesName.subdomainProblem(name) {
            findings.append(Finding(secretNameInvalid, at: path, value: quoted(name), problem))
        }
    }

    private static func judgeBlocks(
        _ destination: Destination, at path: FieldPath, _ options: RuleOptions, into findings: inout [Finding]
    ) {
        let provider = destination.effectiveProvider
        // Without a known provider nobody can say which block is wrong, so whatever is set is judged.
        let isKnown = provider.map(Destination.Provider.all.contains) ?? false
        for (own, isSet) in [(Destination.Provider.s3, destination.s3 != nil), (.gcs, destination.gcs != nil)] {
            let block = path[own.rawValue]
            if isKnown, provider == own, !isSet {
                findings.append(
                    Finding(
                        blockRequired, at: block, "provider is \(own.rawValue): set this block, at least its bucket"))
            } else if isKnown, provider != own, isSet {
                findings.append(
                    Finding(
                        blockForbidden, at: block,
                        "provider is \(provider?.rawValue ?? ""): remove this block, or change the provider"))
                if own == .s3, destination.s3?.forcePathStyle != nil {
                    S3Rules.refusePathStyle(at: block, into: &findings)
                }
            } else if own == .s3, let s3 = destination.s3 {
                S3Rules.judge(s3, of: destination, at: path, options, into: &findings)
            } else if own == .gcs, let gcs = destination.gcs {
                GCSRules.judge(gcs, of: destination, at: path, options, into: &findings)
            }
        }
    }
}
