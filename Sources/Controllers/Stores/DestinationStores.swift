import EtcdRecoverModel
import FoundationEssentials
import HTTP
import KubernetesClient
import Logging
import ObjectStore

/// Opens the stores that destinations name, with the Secrets of their namespaces.
struct DestinationStores: Sendable {
    let client: KubernetesClient
    let environment: CredentialEnvironment
    let logger: Logger
    /// Of an upload to S3 that begins now, beside each other.
    let parallelParts: @Sendable () -> Int

    /// Nothing is asked of the store yet; its Secret is read when it first is. `user` is the object on whose behalf.
    func open(
        _ destination: Destination, in namespace: String, for user: String, limits: TransferLimits = TransferLimits()
    ) throws -> ObjectStore {
        ObjectStore.open(
            try StoreTarget(destination, parallelParts: parallelParts()), as: credentials(destination, namespace, user),
            in: environment,
            limits: limits)
    }

    private func credentials(_ destination: Destination, _ namespace: String, _ user: String) -> StoreCredentials {
        guard let name = destination.secretRef?.name, !name.isEmpty else { return .ambient }
        return .secret {
            let secret: Secret
            do {
                secret = try await client.get(name: name, namespace: namespace)
            } catch let error as KubernetesError where error.isNotFound {
                throw StoreError.noCredentials(reason: "there is no Secret \(name) in namespace \(namespace)")
            } catch let error as KubernetesError where error.isForbidden {
                throw StoreError.noCredentials(
                    reason: "the controller may not read Secret \(name) in namespace \(namespace)")
            }
            // The audit trail: which key was used for whom. Never what is in it.
            logger.notice("credentials used", metadata: ["secret": "\(namespace)/\(name)", "for": "\(user)"])
            return Dictionary(
                uniqueKeysWithValues: secret.keys.compactMap { key in secret[key].map { (key, SecretBytes($0)) } })
        }
    }
}

extension StoreTarget {
    /// Throws `StoreError.invalidLocation` where the rules were not asked before.
    init(_ destination: Destination, parallelParts: Int) throws(StoreError) {
        switch (destination.effectiveProvider, destination.s3, destination.gcs) {
        case (.s3, let s3?, _):
            guard let bucket = s3.bucket, !bucket.isEmpty else { throw Self.incomplete("s3.bucket") }
            self = .s3(
                S3Location(
                    bucket: bucket, region: s3.region, endpoint: s3.endpoint, usesPathStyle: s3.forcePathStyle),
                S3Options(parallelParts: parallelParts))
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
    var bucketURI: StoreURI? {
        switch effectiveProvider {
        case .s3?: s3?.bucket.map { .s3(bucket: $0, path: "") }
        case .gcs?: gcs?.bucket.map { .gcs(bucket: $0, path: "") }
        default: nil
        }
    }
}

extension StoreURI {
    /// The same bucket, of the same provider.
    func isBucket(of other: StoreURI) -> Bool {
        switch (self, other) {
        case (.s3(let one, _), .s3(let two, _)), (.gcs(let one, _), .gcs(let two, _)): one == two
        default: false
        }
    }

    var path: String {
        switch self {
        case .s3(_, let path), .gcs(_, let path), .file(let path): path
        }
    }
}
