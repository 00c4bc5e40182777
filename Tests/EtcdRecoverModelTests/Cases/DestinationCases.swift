@testable import EtcdRecoverModel

enum DestinationCases {
    private static func s3(_ name: String, _ changes: KeyValuePairs<String, JSONValue>, _ expected: [String])
        -> RuleCase
    {
        RuleCase(name, Sample.backup.setting(changes, below: "spec.destination."), says: expected)
    }

    private static func gcs(_ name: String, _ changes: KeyValuePairs<String, JSONValue>, _ expected: [String])
        -> RuleCase
    {
        RuleCase(name, Sample.located.setting(changes, below: "spec.source.location.destination."), says: expected)
    }

    static let all = [
        RuleCase(
            "no destination", Sample.backup, ["spec.destination": .null],
            says: [
                "error destination.required spec.destination: Required value: set s3 or gcs with the bucket that holds the snapshots"
            ]),
        RuleCase(
            "no destination in a location", Sample.located, ["spec.source.location.destination": .null],
            says: [
                "error destination.required spec.source.location.destination: Required value: set s3 or gcs with the bucket that holds the snapshots"
            ]),
        s3("a provider that only its block names", ["provider": .null], []),
        s3(
            "neither provider nor block", ["provider": .null, "s3": .null],
            [
                "error destination.provider.required spec.destination.provider: Required value: name s3 or gcs, and set the block of that name"
            ]),
        s3(
            "both blocks and no provider", ["provider": .null, "gcs": ["bucket": "snapshots"]],
            [
                "error destination.provider.required spec.destination.provider: Required value: s3 and gcs are both set: keep one of them"
            ]),
        s3(
            "an unknown provider", ["provider": "azure"],
            [
                #"error destination.provider.unsupported spec.destination.provider: Unsupported value: "azure": supported values: "s3", "gcs""#
            ]),
        s3(
            "a provider without its block", ["s3": .null],
            [
                "error destination.block.required spec.destination.s3: Required value: provider is s3: set this block, at least its bucket"
            ]),
        s3(
            "the block of the other provider", ["gcs": ["bucket": "snapshots"]],
            [
                "error destination.block.forbidden spec.destination.gcs: Forbidden: provider is s3: remove this block, or change the provider"
            ]),
        gcs(
            "forcePathStyle beside gcs", ["s3": ["forcePathStyle": true]],
            [
                "error destination.block.forbidden spec.source.location.destination.s3: Forbidden: provider is gcs: remove this block, or change the provider",
                "error destination.s3.forcePathStyle.forbidden spec.source.location.destination.s3.forcePathStyle: Forbidden: it has a meaning for s3 only: remove it",
            ]),
        s3(
            "a secretRef without a name", ["secretRef": [:]],
            [
                "error destination.secretRef.name.required spec.destination.secretRef.name: Required value: name the Secret that holds the credentials, or remove secretRef to use those of the environment"
            ]),
        s3(
            "a Secret's name in capitals", ["secretRef.name": "S3"],
            [
                #"error destination.secretRef.name.invalid spec.destination.secretRef.name: Invalid value: "S3": must be at most 253 lower-case letters, digits, hyphens and dots, each part starting and ending with a letter or digit (a DNS-1123 subdomain)"#
            ]),
        s3("no secretRef", ["secretRef": .null], []),
        s3(
            "no bucket", ["s3.bucket": .null],
            [
                "error destination.s3.bucket.required spec.destination.s3.bucket: Required value: name the bucket"
            ]),
        s3(
            "a bucket with capitals and underscores", ["s3.bucket": "My_Bucket"],
            [
                #"error destination.s3.bucket.invalid spec.destination.s3.bucket: Invalid value: "My_Bucket": must consist of lower-case letters, digits, dots and hyphens; must start and end with a lower-case letter or digit"#
            ]),
        s3(
            "a bucket of two letters", ["s3.bucket": "ab"],
            [
                #"error destination.s3.bucket.invalid spec.destination.s3.bucket: Invalid value: "ab": must have 3 to 63 characters"#
            ]),
        s3(
            "a bucket of 64 letters", ["s3.bucket": .string(String(repeating: "a", count: 64))],
            [
                #"error destination.s3.bucket.invalid spec.destination.s3.bucket: Invalid value: "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa": must have 3 to 63 characters"#
            ]),
        s3(
            "a bucket that is an address", ["s3.bucket": "192.168.5.4"],
            [
                #"error destination.s3.bucket.invalid spec.destination.s3.bucket: Invalid value: "192.168.5.4": must not look like an IP address"#
            ]),
        s3(
            "a bucket with two dots", ["s3.bucket": "a..b"],
            [
                #"error destination.s3.bucket.invalid spec.destination.s3.bucket: Invalid value: "a..b": must not contain "..""#
            ]),
        s3(
            "a bucket that ends in a hyphen", ["s3.bucket": "backups-"],
            [
                #"error destination.s3.bucket.invalid spec.destination.s3.bucket: Invalid value: "backups-": must start and end with a lower-case letter or digit"#
            ]),
        s3(
            "a bucket of Amazon's own", ["s3.bucket": "xn--a--x-s3"],
            [
                #"error destination.s3.bucket.invalid spec.destination.s3.bucket: Invalid value: "xn--a--x-s3": must not begin with "xn--", which Amazon reserves; must not end with "--x-s3", which Amazon reserves"#
            ]),
        s3(
            "any bucket that a URL holds, with a custom endpoint",
            ["s3.bucket": "My_Bucket", "s3.endpoint": "https://s3.example.com"], []),
        s3(
            "a bucket that no URL holds", ["s3.bucket": "a/b", "s3.endpoint": "https://s3.example.com"],
            [
                #"error destination.s3.bucket.invalid spec.destination.s3.bucket: Invalid value: "a/b": must consist of letters, digits, dots, hyphens and underscores"#
            ]),
        s3(
            "a bucket above the bucket", ["s3.bucket": "..", "s3.endpoint": "https://s3.example.com"],
            [
                #"error destination.s3.bucket.invalid spec.destination.s3.bucket: Invalid value: "..": must not be "." or "..""#
            ]),
        s3(
            "Amazon's own endpoint",
            ["s3.bucket": "My_Bucket", "s3.endpoint": "https://s3.eu-central-1.amazonaws.com"],
            [
                #"error destination.s3.bucket.invalid spec.destination.s3.bucket: Invalid value: "My_Bucket": must consist of lower-case letters, digits, dots and hyphens; must start and end with a lower-case letter or digit"#
            ]),
        s3(
            "a region that would name another host", ["s3.region": "x.evil.example/"],
            [
                #"error destination.s3.region.invalid spec.destination.s3.region: Invalid value: "x.evil.example/": must be at most 63 letters, digits and hyphens, such as eu-central-1"#
            ]),
        s3(
            "ambient credentials with a custom endpoint",
            ["secretRef": .null, "s3.endpoint": "https://s3.example.com"],
            [
                "warning destination.s3.credentials.ambient spec.destination.secretRef: ambient credentials are Amazon's and the endpoint is not, so nothing will sign the requests: name a Secret with accessKeyID and secretAccessKey"
            ]),
        s3(
            "an endpoint without a scheme", ["s3.endpoint": "s3.example.com"],
            [
                #"error destination.endpoint.invalid spec.destination.s3.endpoint: Invalid value: "s3.example.com": must be an absolute URL that begins with https:// or http://"#
            ]),
        s3(
            "an endpoint over ftp", ["s3.endpoint": "ftp://s3.example.com"],
            [
                #"error destination.endpoint.invalid spec.destination.s3.endpoint: Invalid value: "ftp://s3.example.com": must be an absolute URL that begins with https:// or http://"#
            ]),
        s3(
            "an endpoint over http", ["s3.endpoint": "http://s3.example.com:9000"],
            [
                "warning destination.endpoint.insecure spec.destination.s3.endpoint: credentials and data travel in the clear over http: use https"
            ]),
        s3(
            "an endpoint with credentials",
            ["s3.endpoint": "https://user:hush-hush@s3.example.com/a?X-Amz-Signature=hush-hush#f"],
            [
                #"error destination.endpoint.invalid spec.destination.s3.endpoint: Invalid value: "https://***@s3.example.com/a?***": must not carry user info: credentials belong into the Secret; must not have a query; must not have a fragment"#
            ]),
        s3(
            "an endpoint without a host", ["s3.endpoint": "https://:443/"],
            [
                #"error destination.endpoint.invalid spec.destination.s3.endpoint: Invalid value: "https://:443/": must name a host"#
            ]),
        s3(
            "an endpoint with a line break", ["s3.endpoint": "https://s3.example.com\n"],
            [
                #"error destination.endpoint.invalid spec.destination.s3.endpoint: Invalid value: "https://s3.example.com\n": must be ASCII without spaces, control characters and backslashes"#
            ]),
        s3(
            "an endpoint with a port beyond", ["s3.endpoint": "https://s3.example.com:65536"],
            [
                #"error destination.endpoint.invalid spec.destination.s3.endpoint: Invalid value: "https://s3.example.com:65536": must have a port from 1 to 65535"#
            ]),
        s3(
            "an endpoint on this machine", ["s3.endpoint": "https://0x7f.1:9000"],
            [
                #"error destination.endpoint.local spec.destination.s3.endpoint: Forbidden: "https://0x7f.1:9000" is 127.0.0.1, a loopback address, and what answers there would be taken for the store: name the store by an address of its own"#
            ]),
        s3(
            "the metadata service", ["s3.endpoint": "https://[::ffff:a9fe:a9fe]"],
            [
                #"error destination.endpoint.local spec.destination.s3.endpoint: Forbidden: "https://[::ffff:a9fe:a9fe]" is [0:0:0:0:0:ffff:a9fe:a9fe], a cloud's metadata service, and what answers there would be taken for the store: name the store by an address of its own"#
            ]),
        RuleCase(
            "an endpoint on this machine, allowed", Sample.backup,
            ["spec.destination.s3.endpoint": "https://localhost:9000"], options: RuleOptions(allowLocalEndpoints: true),
            says: []),
        s3("a prefix with a slash at its end", ["prefix": "backups/"], []),
        s3(
            "a prefix with a slash in front", ["prefix": "/backups"],
            [
                #"error destination.prefix.invalid spec.destination.prefix: Invalid value: "/backups": must not begin with a slash"#
            ]),
        s3(
            "a prefix of a slash", ["prefix": "/"],
            [
                #"error destination.prefix.invalid spec.destination.prefix: Invalid value: "/": must not begin with a slash"#
            ]),
        s3(
            "a prefix with an empty segment", ["prefix": "a//b"],
            [
                #"error destination.prefix.invalid spec.destination.prefix: Invalid value: "a//b": must not have an empty segment ("//")"#
            ]),
        s3(
            "a prefix with two slashes at its end", ["prefix": "a//"],
            [
                #"error destination.prefix.invalid spec.destination.prefix: Invalid value: "a//": must not have an empty segment ("//")"#
            ]),
        s3(
            "a prefix that climbs", ["prefix": "../other"],
            [
                #"error destination.prefix.invalid spec.destination.prefix: Invalid value: "../other": must not have a segment "." or "..""#
            ]),
        s3(
            "a prefix with a tab and a backslash", ["prefix": "a\t\\b"],
            [
                #"error destination.prefix.invalid spec.destination.prefix: Invalid value: "a\t\\b": must not contain control characters; must not contain a backslash"#
            ]),
        s3(
            "a prefix that leaves no room", ["prefix": .string(String(repeating: "é", count: 500))],
            [
                #"error destination.prefix.tooLong spec.destination.prefix: Invalid value: "éééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééé"...: with the key behind it, it makes 1033 bytes and the store takes 1024: shorten it by 9"#
            ]),
        s3("a prefix that just leaves room", ["prefix": .string(String(repeating: "a", count: 991))], []),
        gcs(
            "no GCS bucket", ["gcs.bucket": .null],
            [
                "error destination.gcs.bucket.required spec.source.location.destination.gcs.bucket: Required value: name the bucket"
            ]),
        gcs("a GCS bucket with an underscore", ["gcs.bucket": "my_bucket"], []),
        gcs(
            "a GCS bucket with capitals", ["gcs.bucket": "My-Bucket"],
            [
                #"error destination.gcs.bucket.invalid spec.source.location.destination.gcs.bucket: Invalid value: "My-Bucket": must consist of lower-case letters, digits, hyphens, underscores and dots; must start and end with a lower-case letter or digit"#
            ]),
        gcs(
            "a GCS bucket of Google's", ["gcs.bucket": "goog-backups"],
            [
                #"error destination.gcs.bucket.invalid spec.source.location.destination.gcs.bucket: Invalid value: "goog-backups": must not begin with "goog", which Google reserves"#
            ]),
        gcs(
            "a GCS bucket that poses as Google's", ["gcs.bucket": "my-g00gle-backups"],
            [
                #"error destination.gcs.bucket.invalid spec.source.location.destination.gcs.bucket: Invalid value: "my-g00gle-backups": must not contain "google" or a close misspelling"#
            ]),
        gcs(
            "a GCS bucket that is an address", ["gcs.bucket": "10.0.0.1"],
            [
                #"error destination.gcs.bucket.invalid spec.source.location.destination.gcs.bucket: Invalid value: "10.0.0.1": must not look like an IP address"#
            ]),
        gcs(
            "a dotted GCS bucket with a long part", ["gcs.bucket": .string("a." + String(repeating: "b", count: 64))],
            [
                #"error destination.gcs.bucket.invalid spec.source.location.destination.gcs.bucket: Invalid value: "a.bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb": must have 3 to 222 characters, and at most 63 between dots"#
            ]),
        gcs(
            "a dotted GCS bucket of 100",
            ["gcs.bucket": .string(String(repeating: "b", count: 50) + "." + String(repeating: "b", count: 49))], []),
        gcs(
            "a GCS bucket of two letters", ["gcs.bucket": "ab"],
            [
                #"error destination.gcs.bucket.invalid spec.source.location.destination.gcs.bucket: Invalid value: "ab": must have 3 to 63 characters"#
            ]),
        gcs(
            "a real key for an emulator", ["gcs.endpoint": "https://gcs.test:4443"],
            [
                "error destination.gcs.endpoint.secretRef spec.source.location.destination.secretRef: Forbidden: requests to gcs.endpoint, an emulator, go unauthenticated, and a key must never be sent to one: remove secretRef or the endpoint"
            ]),
        gcs("an emulator", ["gcs.endpoint": "https://gcs.test:4443", "secretRef": .null], []),
    ]
}
