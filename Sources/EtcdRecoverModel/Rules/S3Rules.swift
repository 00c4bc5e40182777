enum S3Rules {
    static let bucketRequired = Rule(
        "destination.s3.bucket.required", .all, at: "destination.s3.bucket", .required, "A bucket is named.")
    static let bucketInvalid = Rule(
        "destination.s3.bucket.invalid", .all, at: "destination.s3.bucket", .invalid,
        "The bucket's name follows Amazon's rules or, with a custom endpoint, can stand in a URL.")
    static let regionInvalid = Rule(
        "destination.s3.region.invalid", .all, at: "destination.s3.region", .invalid,
        "At most 63 letters, digits and hyphens, since host names are made from it; with a custom endpoint also `_` and "
            + "`.`.")
    static let ambientCredentials = Rule(
        "destination.s3.credentials.ambient", .all, at: "destination.secretRef", .warning, .required,
        "A custom endpoint comes with a secretRef: ambient credentials are for Amazon only, and nothing would sign the "
            + "requests.")
    static let pathStyleForbidden = Rule(
        "destination.s3.forcePathStyle.forbidden", .all, at: "destination.s3.forcePathStyle", .forbidden,
        "forcePathStyle is for s3 only.")
    static let all = [bucketRequired, bucketInvalid, regionInvalid, ambientCredentials, pathStyleForbidden]

    /// `path` is the destination's.
    static func judge(
        _ s3: Destination.S3, of destination: Destination, at path: FieldPath, _ options: RuleOptions,
        into findings: inout [Finding]
    ) {
        if s3.hasCustomEndpoint, destination.secretRef == nil {
            findings.append(
                Finding(
                    ambientCredentials, at: path["secretRef"],
                    "ambient credentials are Amazon's and the endpoint is not, so nothing will sign the requests: name a "
                        + "Secret with accessKeyID and secretAccessKey"))
        }
        let block = path["s3"]
        judgeBucket(s3, at: block["bucket"], into: &findings)
        judgeRegion(s3, at: block["region"], into: &findings)
        EndpointRules.judge(s3.endpoint, at: block["endpoint"], options, into: &findings)
    }

    private static func judgeBucket(_ s3: Destination.S3, at path: FieldPath, into findings: inout [Finding]) {
        guard let bucket = s3.bucket.ifGiven else {
            findings.append(Finding(bucketRequired, at: path, "name the bucket"))
            return
        }
        // An endpoint that cannot be read is told at its own place; it may well be a custom one.
        let problems =
            s3.endpoint.ifGiven.map { EndpointURL($0)?.isAWS ?? false } ?? true
            ? S3BucketName.problems(bucket) : S3BucketName.problemsInURL(bucket)
        if !problems.isEmpty {
            findings.append(Finding(bucketInvalid, at: path, value: quoted(bucket), problems.joined(separator: "; ")))
        }
    }

    private static func judgeRegion(_ s3: Destination.S3, at path: FieldPath, into findings: inout [Finding]) {
        guard let region = s3.region.ifGiven else { return }
        let isCustom = s3.hasCustomEndpoint
        let isValid =
            region.utf8.count <= 63
            && region.utf8.allSatisfy { byte in
                byte.isLetterOrDigit || byte == UInt8(ascii: "-") || (isCustom && "_.".utf8.contains(byte))
            }
        if !isValid {
            findings.append(
                Finding(
                    regionInvalid, at: path, value: quoted(region),
                    "must be at most 63 letters, digits and hyphens, such as eu-central-1"))
        }
    }

    static func refusePathStyle(at block: FieldPath, into findings: inout [Finding]) {
        findings.append(
            Finding(
                pathStyleForbidden, at: block["forcePathStyle"], "it has a meaning for s3 only: remove it"))
    }
}
