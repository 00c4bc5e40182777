import FoundationEssentials

/// The Secret behind a secretRef. No message has a byte of what is in it.
enum CredentialRules {
    static let notFound = rule("notFound", .notFound, "The Secret exists in the object's namespace.")
    static let forbidden = rule(
        "forbidden", .forbidden,
        "Whoever creates the object may `get` the Secret; otherwise keys could be used by those who may not read them.")
    static let keyMissing = rule(
        "key.missing", .required,
        "The Secret has every key that the provider needs, not empty: accessKeyID and secretAccessKey, or "
            + "serviceAccountJSON.")
    static let whiteSpace = rule(
        "key.whiteSpace", .invalid, "Keys for S3 have no white space around them, such as the newline of `echo`.")
    static let serviceAccount = rule(
        "serviceAccount.invalid", .invalid,
        "serviceAccountJSON is a service account's key: type, client_email, a private key that loads, and a token_uri on "
            + "googleapis.com.")
    static let all = [notFound, forbidden, keyMissing, whiteSpace, serviceAccount]

    private static func rule(_ name: String, _ reason: CauseReason, _ summary: String) -> Rule {
        Rule("secret.\(name)", .all, at: "destination.secretRef.name, spec.source.backupRef.name", reason, summary)
    }
}

extension Looking {
    /// `path` is the destination's.
    func credentialFindings(
        _ destination: Destination?, at path: FieldPath, _ requester: UserInfo?, _ options: RuleOptions
    ) async -> [Finding] {
        guard let use = SecretUse(destination, at: path["secretRef"]["name"]) else { return [] }
        return await findings(about: use, requester, options)
    }

    /// Of a backup that a restore names. `path` is where it does: whoever restores has its Secret used too.
    func credentialFindings(
        ofBackup backup: EtcdBackup, named name: String, at path: FieldPath, _ requester: UserInfo?,
        _ options: RuleOptions
    ) async -> [Finding] {
        guard let use = SecretUse(backup.spec?.destination, at: path, backup: name) else { return [] }
        return await findings(about: use, requester, options)
    }

    private func findings(about use: SecretUse, _ requester: UserInfo?, _ options: RuleOptions) async -> [Finding] {
        async let secret = lookup.secret(object(use.name))
        async let access = lookup.mayGetSecret(object(use.name), user: requester)
        // What the Secret holds, and whether it exists, is told only to those who may know.
        switch await access {
        case .found(true): break
        case .found(false), .absent: return [denial(use, requester)]
        case .unavailable(let reason):
            return [unavailable(at: use.path, question(use, requester), reason)]
        }
        switch await secret {
        case .absent:
            return [
                Finding(
                    CredentialRules.notFound, at: use.path, value: use.value,
                    use.backup == nil
                        ? "there is no Secret of that name in namespace \(quoted(namespace)): create it, or remove "
                            + "secretRef to use the credentials of the environment"
                        : "there is no Secret \(quoted(use.name)), which that EtcdBackup names, in namespace "
                            + "\(quoted(namespace)): create it, or use location with a Secret that exists")
            ]
        case .unavailable(let reason):
            return [unavailable(at: use.path, question(use, requester), reason)]
        case .found(let secret):
            return SecretContents(secret: secret, use: use).findings(options)
        }
    }

    private func question(_ use: SecretUse, _ requester: UserInfo?) -> String {
        "whether \(use.title) has the keys and may be used by \(who(requester))"
    }

    private func who(_ requester: UserInfo?) -> String {
        requester.map { "user \(quoted($0.username ?? ""))" } ?? "this program"
    }

    private func denial(_ use: SecretUse, _ requester: UserInfo?) -> Finding {
        Finding(
            CredentialRules.forbidden, at: use.path,
            "\(who(requester)) may not get \(use.title) in namespace \(quoted(namespace)), so it must not be used: "
                + "name another, or ask for the right to get it")
    }
}

/// A Secret that is to open a store, and the field that leads to it.
private struct SecretUse: Sendable {
    var name: String
    var provider: Destination.Provider?
    var path: FieldPath
    /// The name of the EtcdBackup whose Secret it is; nil where `path` names the Secret itself.
    var backup: String?

    /// Nil where there is none to look up.
    init?(_ destination: Destination?, at path: FieldPath, backup: String? = nil) {
        guard let destination, let name = destination.secretRef?.name, KubernetesName.isSubdomain(name) else {
            return nil
        }
        self.name = name
        self.path = path
        self.backup = backup
        provider = destination.effectiveProvider
    }

    /// What stands at `path`.
    var value: String { quoted(backup ?? name) }
    var title: String { "Secret \(quoted(name))" + (backup.map { " of EtcdBackup \(quoted($0))" } ?? "") }
    var possessive: String { backup == nil ? "the Secret's" : "its Secret's" }
}

private struct SecretContents {
    var secret: Secret
    var use: SecretUse

    func findings(_ options: RuleOptions) -> [Finding] {
        switch use.provider {
        case .s3?:
            missing("accessKeyID") + missing("secretAccessKey")
                + ["accessKeyID", "secretAccessKey", "sessionToken"].compactMap(whiteSpace)
        case .gcs?: missing("serviceAccountJSON") + serviceAccountFindings(options)
        default: []
        }
    }

    private func missing(_ key: String) -> [Finding] {
        let value = secret[key]
        guard value?.isEmpty ?? true else { return [] }
        let state = value == nil ? "has no key" : "has an empty value under"
        return [
            Finding(CredentialRules.keyMissing, at: use.path, "\(use.title) \(state) \(quoted(key)): add it")
        ]
    }

    private func whiteSpace(_ key: String) -> Finding? {
        guard let value = secret[key], let first = value.first, let last = value.last,
            isWhiteSpace(first) || isWhiteSpace(last)
        else { return nil }
        return Finding(
            CredentialRules.whiteSpace, at: use.path, value: use.value,
            "\(use.possessive) \(quoted(key)) has white space or a newline around it, which becomes part of the key: encode it "
                + "with printf or echo -n")
    }

    private func isWhiteSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0d).contains(byte) }

    private func serviceAccountFindings(_ options: RuleOptions) -> [Finding] {
        guard let json = secret["serviceAccountJSON"], !json.isEmpty else { return [] }
        return ServiceAccountKey.problems(in: json, options.loadsPrivateKey).map { problem in
            Finding(
                CredentialRules.serviceAccount, at: use.path, value: use.value,
                "\(use.possessive) \"serviceAccountJSON\" \(problem): create a JSON key for the service account and store it "
                    + "unchanged")
        }
    }
}
