@testable import EtcdRecoverModel

enum MetadataCases {
    private static let label = String(repeating: "a", count: 64)

    static let all = [
        RuleCase(
            "no name", Sample.backup, ["metadata.name": .null],
            says: [
                "error metadata.name.required metadata.name: Required value: give the object a name"
            ]),
        RuleCase(
            "no metadata", Sample.backup, ["metadata": .null],
            says: [
                "error metadata.name.required metadata.name: Required value: give the object a name"
            ]),
        RuleCase(
            "a name in capitals", Sample.backup, ["metadata.name": "Nightly"],
            says: [
                #"error metadata.name.invalid metadata.name: Invalid value: "Nightly": must be at most 253 lower-case letters, digits, hyphens and dots, each part starting and ending with a letter or digit (a DNS-1123 subdomain)"#
            ]),
        RuleCase(
            "a name to be generated", Sample.backup, ["metadata.name": .null, "metadata.generateName": "nightly-"],
            says: []),
        RuleCase(
            "a stem in capitals", Sample.backup, ["metadata.name": .null, "metadata.generateName": "Nightly-"],
            says: [
                #"error metadata.name.invalid metadata.generateName: Invalid value: "Nightly-": must be at most 253 lower-case letters, digits, hyphens and dots, each part starting and ending with a letter or digit (a DNS-1123 subdomain)"#
            ]),
        RuleCase(
            "a namespace with a dot", Sample.backup, ["metadata.namespace": "a.b"],
            says: [
                #"error metadata.namespace.invalid metadata.namespace: Invalid value: "a.b": must be at most 63 lower-case letters, digits and hyphens, starting and ending with a letter or digit (a DNS-1123 label)"#
            ]),
        RuleCase(
            "labels", Sample.backup,
            [
                "metadata.labels": [
                    "ok": "", "example.com/ok": "a_b.c", "-bad": "ok", "long": .string(label), "a/b/c": "ok",
                    "bad": "a b",
                ]
            ],
            says: [
                #"error metadata.labels.invalid metadata.labels.-bad: Invalid value: "-bad": a label's key must be a name of at most 63 letters, digits, '-', '_' and '.', starting and ending with a letter or digit, with an optional DNS subdomain and '/' before it"#,
                #"error metadata.labels.invalid metadata.labels[a/b/c]: Invalid value: "a/b/c": a label's key must be a name of at most 63 letters, digits, '-', '_' and '.', starting and ending with a letter or digit, with an optional DNS subdomain and '/' before it"#,
                #"error metadata.labels.invalid metadata.labels.bad: Invalid value: "a b": a label's value must be empty, or at most 63 letters, digits, '-', '_' and '.', starting and ending with a letter or digit"#,
                #"error metadata.labels.invalid metadata.labels.long: Invalid value: "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa": a label's value must be empty, or at most 63 letters, digits, '-', '_' and '.', starting and ending with a letter or digit"#,
            ]),
        RuleCase(
            "an annotation's key", Sample.backup,
            ["metadata.annotations": ["a b": "any text at all\n", "Example.com/ok": ""]],
            says: [
                #"error metadata.annotations.invalid metadata.annotations.a b: Invalid value: "a b": an annotation's key must be a name of at most 63 letters, digits, '-', '_' and '.', starting and ending with a letter or digit, with an optional DNS subdomain and '/' before it"#
            ]),
        RuleCase(
            "more annotations than etcd should hold", Sample.backup,
            ["metadata.annotations": ["big": .string(String(repeating: "x", count: 262_144))]],
            says: [
                "error metadata.annotations.invalid metadata.annotations: Invalid value: 262147 bytes: must be at most 262144 bytes"
            ]),
    ]
}
