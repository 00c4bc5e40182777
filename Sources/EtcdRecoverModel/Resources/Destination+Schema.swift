extension Destination {
    static let schema = Schema.object([
        .init(
            "provider", .string(.init(allowed: Provider.all.map(\.rawValue))),
            "The kind of object store, s3 or gcs. Default: the one whose block is set. The block of the other must not be set."
        ),
        .init(
            "prefix", .string(.init(maxLength: 1024)),
            "Key prefix (\"folder\") in the bucket, without a leading slash; a trailing slash is optional. Snapshots of a "
                + "cluster are written to <prefix>/<cluster>/<backup>-<time>.db."),
        .init(
            "secretRef",
            .reference(
                "Required in the block. Name of a Secret in the same namespace that whoever creates this object may read."
            ),
            "The Secret with the credentials. For s3 it has accessKeyID, secretAccessKey and optionally sessionToken; for gcs "
                + "serviceAccountJSON. Without it the credentials of the environment are used (IRSA, EKS Pod Identity, "
                + "instance role, Workload Identity), which is recommended."),
        .init("s3", S3.schema, "A bucket in Amazon S3 or an S3-compatible store."),
        .init("gcs", GCS.schema, "A bucket in Google Cloud Storage."),
    ])
}

extension Destination.S3 {
    static let schema = Schema.object([
        .init("bucket", .string(.init(minLength: 1, maxLength: 255)), "Required in the block. Name of the bucket."),
        .init(
            "region", .string(.init(maxLength: 63)),
            "Region of the bucket, such as eu-central-1. Default with a custom endpoint: us-east-1."),
        .init(
            "endpoint", .string(),
            "Absolute http or https URL of an S3-compatible store (Ceph RGW, MinIO, Garage, SeaweedFS, R2). Default: Amazon S3."
        ),
        .init(
            "forcePathStyle", .boolean,
            "Puts the bucket's name into the path instead of the host name. Default with a custom endpoint: true."),
    ])
}

extension Destination.GCS {
    static let schema = Schema.object([
        .init("bucket", .string(.init(minLength: 1, maxLength: 222)), "Required in the block. Name of the bucket."),
        .init(
            "endpoint", .string(),
            "Absolute URL of an emulator. Requests then go unauthenticated, so it excludes secretRef."),
    ])
}
