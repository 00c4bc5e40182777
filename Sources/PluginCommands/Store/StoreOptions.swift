import ArgumentParser
import EtcdRecoverModel

/// How a store is reached, beside what its URI says. The names are those of the AWS CLI and of `backup create`.
struct StoreOptions: ParsableArguments {
    @Option(
        name: .customLong("endpoint-url"),
        help: ArgumentHelp(
            """
            URL of a store that speaks S3, else AWS_ENDPOINT_URL_S3 or AWS_ENDPOINT_URL, else Amazon's; for gs:// of an \
            emulator, else STORAGE_EMULATOR_HOST
            """, valueName: "url"))
    var endpointURL: String?

    @Option(help: "Region of an s3:// bucket; else AWS_REGION, else the store is asked")
    var region: String?

    @Flag(inversion: .prefixedNo, help: "Bucket in the path rather than in the host name (s3)")
    var forcePathStyle: Bool?

    @Option(
        help: ArgumentHelp(
            """
            Secret with the store's keys, read from the cluster; else the environment's (AWS_ACCESS_KEY_ID, \
            GOOGLE_APPLICATION_CREDENTIALS) or this machine's role
            """, valueName: "name"))
    var secret: String?

    @Option(help: ArgumentHelp("At most so many bytes a second, as 50Mi", valueName: "quantity"))
    var bandwidthLimit: String?

    var isEmpty: Bool {
        endpointURL == nil && region == nil && forcePathStyle == nil && secret == nil && bandwidthLimit == nil
    }

    func validate() throws { _ = try bytesPerSecond }

    /// Nil without a limit.
    var bytesPerSecond: Int? {
        get throws {
            guard let bandwidthLimit else { return nil }
            let nanos = Quantity(rawValue: bandwidthLimit).amount?.nanos ?? 0
            guard nanos >= 1_000_000_000, let bytes = Int(exactly: nanos / 1_000_000_000) else {
                throw ValidationError(
                    "--bandwidth-limit must be bytes a second, as 500Ki or 50Mi, not \"\(bandwidthLimit)\"")
            }
            return bytes
        }
    }
}

/// How objects are to be kept.
struct StoreWriteOptions: ParsableArguments {
    enum Encryption: String, CaseIterable, ExpressibleByArgument, Sendable {
        case aes256 = "AES256"
        case kms = "aws:kms"
    }

    @Option(help: "Encryption of an s3:// object by the store; else what the bucket does by default")
    var sse: Encryption?

    @Option(
        name: .customLong("sse-kms-key-id"),
        help: ArgumentHelp("Key for --sse aws:kms; else the account's own for S3", valueName: "id"))
    var kmsKey: String?

    @Option(
        name: .customLong("tag"), help: ArgumentHelp("Tag of an s3:// object; may be repeated", valueName: "key=value"))
    var tags: [String] = []

    func validate() throws {
        if kmsKey != nil, sse != .kms { throw ValidationError("--sse-kms-key-id needs --sse aws:kms") }
        if let tag = tags.first(where: { !$0.contains("=") || $0.hasPrefix("=") }) {
            throw ValidationError("--tag is KEY=VALUE, not \"\(tag)\"")
        }
    }

    var isEmpty: Bool { sse == nil && tags.isEmpty }
}
