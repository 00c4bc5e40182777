enum GCSRules {
    static let bucketRequired = Rule(
        "destination.gcs.bucket.required", .all, at: "destination.gcs.bucket", .required, "A bucket is named.")
    static let bucketInvalid = Rule(
        "destination.gcs.bucket.invalid", .all, at: "destination.gcs.bucket", .invalid,
        "The bucket's name follows Google's rules.")
    static let secretWithEmulator = Rule(
        "destination.gcs.endpoint.secretRef", .all, at: "destination.secretRef", .forbidden,
        "A GCS endpoint comes without a secretRef: it is an emulator, and no real key is ever sent to one.")
    static let all = [bucketRequired, bucketInvalid, secretWithEmulator]

    /// `path` is the destination's.
    static func judge(
        _ gcs: Destination.GCS, of destination: Destination, at path: FieldPath, _ options: RuleOptions,
        into findings: inout [Finding]
    ) {
        if gcs.endpoint.ifGiven != nil, destination.secretRef != nil {
            findings.append(
                Finding(
                    secretWithEmulator, at: path["secretRef"],
                    "requests to gcs.endpoint, an emulator, go unauthenticated, and a key must never be sent to one: "
                        + "remove secretRef or the endpoint"))
        }
        let block = path["gcs"]
        if let bucket = gcs.bucket.ifGiven {
            let problems = problems(inBucket: bucket)
            if !problems.isEmpty {
                findings.append(
                    Finding(
                        bucketInvalid, at: block["bucket"], value: quoted(bucket),
                        problems.joined(separator: "; ")))
            }
        } else {
            findings.append(Finding(bucketRequired, at: block["bucket"], "name the bucket"))
        }
        EndpointRules.judge(gcs.endpoint, at: block["endpoint"], options, into: &findings)
    }

    static func problems(inBucket name: String) -> [String] {
        var problems: [String] = []
        let bytes = name.utf8
        let labels = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        if labels.count == 1, !(3...63).contains(bytes.count) { problems.append("must have 3 to 63 characters") }
        if labels.count > 1, !(3...222).contains(bytes.count) || labels.contains(where: { $0.count > 63 }) {
            problems.append("must have 3 to 222 characters, and at most 63 between dots")
        }
        if !bytes.allSatisfy({ $0.isLowerOrDigit || "-_.".utf8.contains($0) }) {
            problems.append("must consist of lower-case letters, digits, hyphens, underscores and dots")
        }
        if !S3BucketName.isBounded(bytes) { problems.append("must start and end with a lower-case letter or digit") }
        if labels.count > 1, labels.dropFirst().dropLast().contains(where: \.isEmpty) {
            problems.append("must not contain \"..\"")
        }
        if S3BucketName.isIPAddress(name) { problems.append("must not look like an IP address") }
        if name.hasPrefix("goog") {
            problems.append("must not begin with \"goog\", which Google reserves")
        } else if readsAsGoogle(bytes) {
            problems.append("must not contain \"google\" or a close misspelling")
        }
        return problems
    }

    /// `g00gle`, `goog1e`, `9oogle`, `go-ogle`: digits that look like letters, and marks between them.
    private static func readsAsGoogle(_ bytes: String.UTF8View) -> Bool {
        let letters = bytes.compactMap { (byte: UInt8) -> UInt8? in
            switch byte {
            case UInt8(ascii: "0"): UInt8(ascii: "o")
            case UInt8(ascii: "1"), UInt8(ascii: "i"): UInt8(ascii: "l")
            case UInt8(ascii: "3"): UInt8(ascii: "e")
            case UInt8(ascii: "6"), UInt8(ascii: "9"): UInt8(ascii: "g")
            case UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."): nil
            default: byte
            }
        }
        return String(decoding: letters, as: UTF8.self).contains("google")
    }
}
