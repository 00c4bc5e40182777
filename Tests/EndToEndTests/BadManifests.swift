import Testing

/// Manifests that pure rules refuse, each with the paths of all that is wrong with it.
struct BadManifest: Sendable, CustomTestStringConvertible {
    var what: String
    var yaml: String
    var paths: [String]

    var testDescription: String { what }

    static func backup(_ what: String, _ paths: [String], _ spec: String) -> BadManifest {
        BadManifest(
            what: what,
            yaml: "apiVersion: operator.etcd.io/v1alpha1\nkind: EtcdBackup\nmetadata: {name: bad}\nspec:\n"
                + spec.indented,
            paths: paths)
    }

    static func restore(_ what: String, _ paths: [String], _ spec: String) -> BadManifest {
        BadManifest(
            what: what,
            yaml: "apiVersion: operator.etcd.io/v1alpha1\nkind: EtcdRestore\nmetadata: {name: bad}\nspec:\n"
                + spec.indented,
            paths: paths)
    }

    static let all: [BadManifest] = [
        .backup(
            "a bucket name that S3 refuses", ["spec.destination.s3.bucket"],
            """
            clusterRef: main
            destination: {provider: s3, s3: {bucket: My_Bucket}}
            """),
        .backup(
            "two providers' blocks at once", ["spec.destination.gcs"],
            """
            clusterRef: main
            destination: {provider: s3, s3: {bucket: backups}, gcs: {bucket: backups}}
            """),
        .backup(
            "an unknown provider", ["spec.destination.provider"],
            """
            clusterRef: main
            destination: {provider: azure}
            """),
        .backup(
            "five faults at once",
            [
                "spec.clusterRef", "spec.destination.prefix", "spec.destination.s3.endpoint",
                "spec.snapshotTimeout", "spec.retention.retainCount",
            ],
            """
            clusterRef: Not_A_Name
            destination:
              provider: s3
              prefix: /leading/slash
              s3: {bucket: backups, endpoint: "https://user@store.example.com"}
            snapshotTimeout: 1s
            retention: {retainCount: -1}
            """),
        .backup(
            "an endpoint that is the metadata service in disguise", ["spec.destination.s3.endpoint"],
            """
            clusterRef: main
            destination: {provider: s3, s3: {bucket: backups, endpoint: "http://0xA9FEA9FE/"}}
            """),
        .backup(
            "a real key for an emulator", ["spec.destination.secretRef"],
            """
            clusterRef: main
            destination:
              provider: gcs
              secretRef: {name: store}
              gcs: {bucket: backups, endpoint: "http://emulator.example.com:4443"}
            """),
        .backup(
            "a timeout that is no duration", ["spec.snapshotTimeout"],
            """
            clusterRef: main
            destination: {provider: s3, s3: {bucket: backups}}
            snapshotTimeout: ten minutes
            """),
        .restore(
            "two sources at once", ["spec.source"],
            """
            source:
              backupRef: {name: nightly}
              location: {destination: {provider: s3, s3: {bucket: backups}}, key: main/a.db}
            target: {name: fresh, version: v3.5.21}
            """),
        .restore(
            "a key that leaves its prefix, and a version too old",
            ["spec.source.location.key", "spec.target.version"],
            """
            source:
              location: {destination: {provider: s3, s3: {bucket: backups}}, key: ../other/a.db}
            target: {name: fresh, version: v3.3.9}
            """),
        .restore(
            "storage that cannot hold", ["spec.target.size", "spec.target.storageSpec.volumeSizeLimit"],
            """
            source:
              location: {destination: {provider: s3, s3: {bucket: backups}}, key: main/a.db}
            target:
              name: fresh
              size: 12
              version: v3.5.21
              storageSpec: {volumeSizeRequest: 2Gi, volumeSizeLimit: 1Gi}
            """),
    ]
}

extension String {
    fileprivate var indented: String {
        split(separator: "\n").map { "  \($0)\n" }.joined()
    }
}
