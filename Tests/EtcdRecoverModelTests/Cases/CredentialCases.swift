@testable import EtcdRecoverModel

enum CredentialCases {
    private static func world(_ secret: LookedUp<Secret>, access: LookedUp<Bool> = .found(true)) -> World {
        var world = World.prod
        world.secrets["s3"] = secret
        world.secrets["gcs"] = secret
        world.access = access
        return world
    }

    private static func s3(_ name: String, _ values: [String: String], _ expected: [String]) -> RuleCase {
        RuleCase(name, Sample.backup, in: world(.found(World.secret(values))), says: expected)
    }

    private static func gcs(_ name: String, _ json: String, _ expected: [String]) -> RuleCase {
        RuleCase(name, Sample.located, in: world(.found(World.secret(["serviceAccountJSON": json]))), says: expected)
    }

    static let all = [
        RuleCase(
            "no Secret", Sample.backup, in: world(.absent),
            says: [
                #"error secret.notFound spec.destination.secretRef.name: Not found: "s3": there is no Secret of that name in namespace "prod": create it, or remove secretRef to use the credentials of the environment"#
            ]),
        RuleCase(
            "a Secret that cannot be looked up", Sample.backup, in: world(.unavailable("timed out after 5s")),
            says: [
                #"error lookup.unavailable spec.destination.secretRef.name: Could not be checked: whether Secret "s3" has the keys and may be used by this program: timed out after 5s"#
            ]),
        RuleCase(
            "a Secret that is not the user's", Sample.backup, in: world(.absent, access: .found(false)),
            requester: UserInfo(username: "jane"),
            says: [
                #"error secret.forbidden spec.destination.secretRef.name: Forbidden: user "jane" may not get Secret "s3" in namespace "prod", so it must not be used: name another, or ask for the right to get it"#
            ]),
        RuleCase(
            "a Secret of which nobody knows whose", Sample.backup,
            in: world(.found(World.secret([:])), access: .unavailable("timed out after 5s")),
            requester: UserInfo(username: "jane"),
            says: [
                #"error lookup.unavailable spec.destination.secretRef.name: Could not be checked: whether Secret "s3" has the keys and may be used by user "jane": timed out after 5s"#
            ]),
        s3(
            "no keys", ["other": "x"],
            [
                #"error secret.key.missing spec.destination.secretRef.name: Required value: Secret "s3" has no key "accessKeyID": add it"#,
                #"error secret.key.missing spec.destination.secretRef.name: Required value: Secret "s3" has no key "secretAccessKey": add it"#,
            ]),
        s3(
            "an empty key", ["accessKeyID": "AKIAEXAMPLE", "secretAccessKey": ""],
            [
                #"error secret.key.missing spec.destination.secretRef.name: Required value: Secret "s3" has an empty value under "secretAccessKey": add it"#
            ]),
        s3(
            "echo's newline", ["accessKeyID": "AKIAEXAMPLE\n", "secretAccessKey": "hush-hush"],
            [
                #"error secret.key.whiteSpace spec.destination.secretRef.name: Invalid value: "s3": the Secret's "accessKeyID" has white space or a newline around it, which becomes part of the key: encode it with printf or echo -n"#
            ]),
        s3(
            "white space around all",
            ["accessKeyID": " AKIAEXAMPLE", "secretAccessKey": "hush-hush\r\n", "sessionToken": "\thush-hush"],
            [
                #"error secret.key.whiteSpace spec.destination.secretRef.name: Invalid value: "s3": the Secret's "accessKeyID" has white space or a newline around it, which becomes part of the key: encode it with printf or echo -n"#,
                #"error secret.key.whiteSpace spec.destination.secretRef.name: Invalid value: "s3": the Secret's "secretAccessKey" has white space or a newline around it, which becomes part of the key: encode it with printf or echo -n"#,
                #"error secret.key.whiteSpace spec.destination.secretRef.name: Invalid value: "s3": the Secret's "sessionToken" has white space or a newline around it, which becomes part of the key: encode it with printf or echo -n"#,
            ]),
        RuleCase(
            "no serviceAccountJSON", Sample.located, in: world(.found(World.secret(["accessKeyID": "x"]))),
            says: [
                #"error secret.key.missing spec.source.location.destination.secretRef.name: Required value: Secret "gcs" has no key "serviceAccountJSON": add it"#
            ]),
        gcs(
            "no JSON", "hush-hush",
            [
                #"error secret.serviceAccount.invalid spec.source.location.destination.secretRef.name: Invalid value: "gcs": the Secret's "serviceAccountJSON" is no JSON object of the form that Google gives out: create a JSON key for the service account and store it unchanged"#
            ]),
        gcs(
            "an empty object", "{}",
            [
                #"error secret.serviceAccount.invalid spec.source.location.destination.secretRef.name: Invalid value: "gcs": the Secret's "serviceAccountJSON" is not of type "service_account": create a JSON key for the service account and store it unchanged"#,
                #"error secret.serviceAccount.invalid spec.source.location.destination.secretRef.name: Invalid value: "gcs": the Secret's "serviceAccountJSON" has no client_email: create a JSON key for the service account and store it unchanged"#,
                #"error secret.serviceAccount.invalid spec.source.location.destination.secretRef.name: Invalid value: "gcs": the Secret's "serviceAccountJSON" has no private_key: create a JSON key for the service account and store it unchanged"#,
                #"error secret.serviceAccount.invalid spec.source.location.destination.secretRef.name: Invalid value: "gcs": the Secret's "serviceAccountJSON" has no token_uri: create a JSON key for the service account and store it unchanged"#,
            ]),
        gcs(
            "a user's own credentials", World.serviceAccount(["type": "authorized_user"]),
            [
                #"error secret.serviceAccount.invalid spec.source.location.destination.secretRef.name: Invalid value: "gcs": the Secret's "serviceAccountJSON" is not of type "service_account": create a JSON key for the service account and store it unchanged"#
            ]),
        gcs(
            "a key cut short",
            World.serviceAccount(["private_key": "-----BEGIN PRIVATE KEY-----\nMAMCAQA\n-----END PRIVATE KEY-----"]),
            [
                #"error secret.serviceAccount.invalid spec.source.location.destination.secretRef.name: Invalid value: "gcs": the Secret's "serviceAccountJSON" has a private_key that does not load: create a JSON key for the service account and store it unchanged"#
            ]),
        gcs(
            "a key with less than it says",
            World.serviceAccount(["private_key": "-----BEGIN PRIVATE KEY-----\nMAQCAQA=\n-----END PRIVATE KEY-----"]),
            [
                #"error secret.serviceAccount.invalid spec.source.location.destination.secretRef.name: Invalid value: "gcs": the Secret's "serviceAccountJSON" has a private_key that does not load: create a JSON key for the service account and store it unchanged"#
            ]),
        gcs(
            "a token from elsewhere",
            World.serviceAccount(["token_uri": "https://oauth2.googleapis.com.evil.example/token"]),
            [
                #"error secret.serviceAccount.invalid spec.source.location.destination.secretRef.name: Invalid value: "gcs": the Secret's "serviceAccountJSON" has a token_uri that is not https on googleapis.com: create a JSON key for the service account and store it unchanged"#
            ]),
        gcs(
            "a token in the clear", World.serviceAccount(["token_uri": "http://oauth2.googleapis.com/token"]),
            [
                #"error secret.serviceAccount.invalid spec.source.location.destination.secretRef.name: Invalid value: "gcs": the Secret's "serviceAccountJSON" has a token_uri that is not https on googleapis.com: create a JSON key for the service account and store it unchanged"#
            ]),
        RuleCase(
            "a key that does not load", Sample.located, options: RuleOptions(loadsPrivateKey: { _ in false }),
            says: [
                #"error secret.serviceAccount.invalid spec.source.location.destination.secretRef.name: Invalid value: "gcs": the Secret's "serviceAccountJSON" has a private_key that does not load: create a JSON key for the service account and store it unchanged"#
            ]),
    ]
}
