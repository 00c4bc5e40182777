import ArgumentParser
import EtcdRecoverModel

/// Where the snapshots lie: the same flags for writing a backup and for restoring from a place that none describes.
struct DestinationOptions: ParsableArguments {
    enum Provider: String, CaseIterable, ExpressibleByArgument, Sendable { case s3, gcs }

    @Option(help: "Object store: s3 (and everything that speaks it) or gcs")
    var provider: Provider?

    @Option(help: "Bucket that holds the snapshots")
    var bucket: String?

    @Option(help: "Key prefix in the bucket, a folder")
    var prefix: String?

    @Option(help: "Region of the bucket (s3)")
    var region: String?

    @Option(help: ArgumentHelp("URL of an S3-compatible store, or of a GCS emulator", valueName: "url"))
    var endpoint: String?

    @Flag(inversion: .prefixedNo, help: "Bucket in the path rather than in the host name (s3)")
    var forcePathStyle: Bool?

    @Option(
        help: "Secret with the store's keys, in the same namespace; without it the ambient credentials are used")
    var secret: String?

    var isEmpty: Bool {
        provider == nil && bucket == nil && prefix == nil && region == nil && endpoint == nil && forcePathStyle == nil
            && secret == nil
    }

    func validate() throws {
        guard !isEmpty else { return }
        guard let provider else { throw ValidationError("--provider is missing; give --provider s3 or --provider gcs") }
        guard bucket != nil else { throw ValidationError("--bucket is missing") }
        if provider == .gcs, region != nil || forcePathStyle != nil {
            throw ValidationError("--region and --force-path-style are for --provider s3 only")
        }
    }

    /// Nil when no flag is given.
    var destination: Destination? {
        guard let provider else { return nil }
        var destination = Destination(
            provider: .init(rawValue: provider.rawValue), prefix: prefix, secretRef: secret.map(LocalReference.init))
        switch provider {
        case .s3:
            destination.s3 = .init(bucket: bucket, region: region, endpoint: endpoint, forcePathStyle: forcePathStyle)
        case .gcs:
            destination.gcs = .init(bucket: bucket, endpoint: endpoint)
        }
        return destination
    }
}
