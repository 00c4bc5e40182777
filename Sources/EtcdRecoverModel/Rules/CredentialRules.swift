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
        Rule("secret.\(name)", .both, at: "destination.secretRef.name", reason, summary)
    }
}

extension Looking {
    /// `path` is the destination's.
    func credentialFindings(
        _ destination: Destination?, at path: FieldPath, _ requester: UserInfo?, _ options: RuleOptions
    ) async -> [Finding] {
        guard let destination, let name = destination.secretRef?.name, KubernetesName.isSubdomain(name) else {
            return []
        }
        async let secret = lookup.secret(object(name))
        async let access = lookup.mayGetSecret(object(name), user: requester)
        let path = path["secretRef"]["name"]
        // What the Secret holds, and whether it exists, is told only to those who may know.
        switch await access {
        case .found(true): break
        case .found(false), .absent: return [denial(name, requester, at: path)]
        case .unavailable(let reason):
            return [unavailable(at: path, question(name, requester), reason)]
        }
        switch await secret {
        case .absent:
            return [
                Finding(
                    CredentialRules.notFound, at: path, value: quoted(name),
                    "there is no Secret of that name in namespace \(quoted(namespace)): create it, or remove secretRef to "
                        + "use the credentials of the environment")
            ]
        case .unavailable(let reason):
            return [unavailable(at: path, question(name, requester), reason)]
        case .found(let secret):
            return SecretContents(secret: secret, name: name, path: path).findings(
                destination.effectiveProvider, options)
        }
    }

    private func question(_ name: String, _ requester: UserInfo?) -> String {
        "whether Secret \(quoted(name)) has the keys and may be used by \(who(requester))"
    }

    private func who(_ requester: UserInfo?) -> String {
        requester.map { "user \(quoted($0.username ?? ""))" } ?? "this program"
    }

    private func denial(_ name: String, _ requester: UserInfo?, at path: FieldPath) -> Finding {
        Finding(
            CredentialRules.forbidden, at: path,
            "\(who(requester)) may not get Secret \(quoted(name)) in namespace \(quoted(namespace)), so it must not be used: "
                + "name another, or ask for the right to get it")
    }
}

private struct SecretContents {
    var secret: Secret
    var name: String
    var path: FieldPath

    func findings(_ provider: Destination.Provider?, _ options: RuleOptions) -> [Finding] {
        switch provider {
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
            Finding(CredentialRules.keyMissing, at: path, "Secret \(quoted(name)) \(state) \(quoted(key)): add it")
        ]
    }

    private func whiteSpace(_ key: String) -> Finding? {
        guard let value = secret[key], let first = value.first, let last = value.last,
            isWhiteSpace(first) || isWhiteSpace(last)
        else { return nil }
        return Finding(
            CredentialRules.whiteSpace, at: path, value: quoted(name),
            "the Secret's \(quoted(key)) has white space or a newline around it, which becomes part of the key: encode it "
                + "with printf or echo -n")
    }

    private func isWhiteSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0d).contains(byte) }

    private func serviceAccountFindings(_ options: RuleOptions) -> [Finding] {
        guard let json = secret["serviceAccountJSON"], !json.isEmpty else { return [] }
        return ServiceAccountKey.problems(in: json, options.loadsPrivateKey).map { problem in
            Finding(
                CredentialRules.serviceAccount, at: path, value: quoted(name),
                "the Secret's \"serviceAccountJSON\" \(problem): create a JSON key for the service account and store it "
                    + "unchanged")
        }
    }
}
