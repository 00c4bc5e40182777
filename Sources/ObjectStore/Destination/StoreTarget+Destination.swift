package import EtcdRecoverModel

extension StoreTarget {
    /// The bucket of a destination. Throws `StoreError.invalidLocation` where the rules were not asked before.
    package init(_ destination: Destination, options: S3Options = S3Options()) throws(StoreError) {
        switch (destination.effectiveProvider, destination.s3, destination.gcs) {
        case (.s3, let s3?, _):
            guard let bucket = s3.bucket, !bucket.isEmpty else { throw Self.incomplete("s3.bucket") }
            self = .s3(
                S3Location(
                    bucket: bucket, region: s3.region, endpoint: s3.endpoint, usesPathStyle: s3.forcePathStyle), options
            )
        case (.gcs, _, let gcs?):
            guard let bucket = gcs.bucket, !bucket.isEmpty else { throw Self.incomplete("gcs.bucket") }
            self = .gcs(GCSLocation(bucket: bucket, endpoint: gcs.endpoint))
        default: throw Self.incomplete("provider, or the block of its name")
        }
    }

    private static func incomplete(_ field: String) -> StoreError {
        .invalidLocation("the destination", reason: "it has no \(field)")
    }
}

extension Destination {
    /// As `StoreURI` has it; nil where no bucket is named.
    package var bucketURI: StoreURI? {
        switch effectiveProvider {
        case .s3?: s3?.bucket.map { .s3(bucket: $0, path: "") }
        case .gcs?: gcs?.bucket.map { .gcs(bucket: $0, path: "") }
        default: nil
        }
    }
}
