import TestSupport

/// Where a backup goes: a bucket as pods reach it.
enum BackupPlace: Sendable {
    enum Store: String, CaseIterable, Sendable { case s3, gcs }

    /// `secret` has the key.
    case s3(_ endpoint: String, prefix: String, secret: String = "store")
    /// The emulator's, which asks for none.
    case gcs(_ endpoint: String, prefix: String)

    /// As a manifest has it.
    var destination: String {
        switch self {
        case .s3(let endpoint, let prefix, let secret):
            """
            {provider: s3, prefix: \(prefix), secretRef: {name: \(secret)},
                s3: {bucket: bucket, endpoint: "\(endpoint)", forcePathStyle: true}}
            """
        case .gcs(let endpoint, let prefix):
            """
            {provider: gcs, prefix: \(prefix), gcs: {bucket: bucket, endpoint: "\(endpoint)"}}
            """
        }
    }

    /// The same as flags of the plugin.
    var flags: [String] {
        switch self {
        case .s3(let endpoint, let prefix, let secret):
            [
                "--provider", "s3", "--bucket", "bucket", "--prefix", prefix, "--endpoint", endpoint,
                "--force-path-style",
                "--secret", secret,
            ]
        case .gcs(let endpoint, let prefix):
            ["--provider", "gcs", "--bucket", "bucket", "--prefix", prefix, "--endpoint", endpoint]
        }
    }

    func backup(_ name: String, of cluster: String) -> String {
        """
        apiVersion: operator.etcd.io/v1alpha1
        kind: EtcdBackup
        metadata: {name: \(name)}
        spec:
          clusterRef: \(cluster)
          destination: \(destination)
        """
    }
}

extension Kubectl {
    /// Makes a Secret with a key of S3, or replaces what is in it.
    func storeKey(_ key: TestStores.Key, in name: String = "store") async throws {
        try await apply(
            """
            apiVersion: v1
            kind: Secret
            metadata: {name: \(name)}
            stringData: {accessKeyID: "\(key.id)", secretAccessKey: "\(key.secret)"}
            """)
    }
}
