extension EtcdRestore {
    package static let schema = Schema.object([
        .init("spec", Spec.schema, "Which snapshot to restore, and into what. Fixed once the work has begun."),
        .init("status", Status.schema, "What was observed. Written by the controller."),
    ])

    package static let summary = "A snapshot restored into a new, empty EtcdCluster."
    package static let shortNames = ["etcdrs"]

    package static let printerColumns = [
        PrinterColumn(name: "Target", type: "string", jsonPath: ".spec.target.name"),
        PrinterColumn(name: "Phase", type: "string", jsonPath: ".status.phase"),
        // Whichever of both is set.
        PrinterColumn(name: "Source", type: "string", jsonPath: ".spec.source['backupRef.name','location.key']"),
        PrinterColumn(name: "Age", type: "date", jsonPath: ".metadata.creationTimestamp"),
    ]
}

extension EtcdRestore.Spec {
    static let schema = Schema.object([
        .init("source", EtcdRestore.Source.schema, "Required. The snapshot: exactly one of backupRef and location."),
        .init("target", EtcdRestore.Target.schema, "Required. The EtcdCluster to create."),
        .init(
            "restoreTimeout", .string(),
            "How long the restore may last, as a Go duration such as 10m or 1h30m; 10s to 24h. Default: 10m."),
    ])
}

extension EtcdRestore.Source {
    static let schema = Schema.object([
        .init(
            "backupRef", .reference("Required in the block. Name of a Completed EtcdBackup in the same namespace."),
            "The EtcdBackup whose snapshot is restored."),
        .init(
            "location",
            .object([
                .init("destination", Destination.schema, "Required in the block. The store that holds the snapshot."),
                .init(
                    "key", .string(.init(maxLength: 1024)),
                    "Required in the block. The snapshot's key, relative to the destination's prefix."),
            ]),
            "A snapshot that no EtcdBackup describes."),
        .init(
            "skipHashCheck", .boolean,
            "Accepts a raw copy of member/snap/db, which carries no hash at its end. Default: false."),
    ])
}

extension EtcdRestore.Target {
    static let schema = Schema.object([
        .init(
            "name", .string(.init(pattern: Schema.dnsLabel, minLength: 1, maxLength: 52)),
            "Required. Name of the EtcdCluster to create. It may exist as an empty shell only: no ready member, no "
                + "member's data."),
        .init("size", .integer(.init(format: "int64", range: 1...9)), "Number of members. Default: 1."),
        .init(
            "version", .string(.init(maxLength: 128)),
            "Version of etcd, such as v3.5.21. Required with source.location. Default: the version of the cluster that "
                + "the backup was taken from."),
        .init(
            "storageSpec", StorageSpec.schema,
            "How the members' data is stored, as in EtcdCluster. Without it the restored data lives only as long as the pod."
        ),
        .init(
            "revisionBump", .integer(.init(format: "int64", range: 0...(1 << 40))),
            "Raises the revision counter by this much and marks older revisions compacted, so that clients that cached a "
                + "higher revision see a clean break. Default: 0."),
    ])
}

extension StorageSpec {
    static let schema = Schema.object([
        .init("accessModes", .string(), "ReadWriteOnce (default), or ReadWriteMany with pvcName."),
        .init("storageClassName", .string(.init(maxLength: 253)), "The StorageClass. Default: the cluster's default."),
        .init(
            "pvcName", .string(.init(maxLength: 253)), "An existing PersistentVolumeClaim; needed with ReadWriteMany."),
        .init("volumeSizeRequest", .quantity, "Size of each member's volume, at least 1Mi."),
        .init("volumeSizeLimit", .quantity, "Upper bound of the volume's size, not below the request."),
    ])
}

extension EtcdRestore.Status {
    static let schema = Schema.object([
        .init("observedGeneration", .integer(.int64), "The metadata.generation that this status was written for."),
        .init(
            "phase", .string(.init(allowed: EtcdRestore.Phase.all.map(\.rawValue))),
            "Pending, Downloading, Restoring, and at the end Completed or Failed."),
        .init("completionTime", .string(.init(format: "date-time")), "When the work ended."),
        .init("snapshotLocation", .string(), "Full URI of the snapshot: s3://bucket/key or gs://bucket/key."),
        .init("restoredCluster", .string(), "Name of the EtcdCluster that was created."),
        .init(
            "verification",
            .object([
                .init("revision", .integer(.int64), "The member's revision."),
                .init("totalKeys", .integer(.int64), "Keys in the member's database."),
                .init("keyspaceHash", .integer(.int64), "HashKV at that revision."),
                .init("matches", .boolean, "Whether it equals what the backup recorded."),
            ]),
            "What was read back from the restored member."),
        .init("conditions", .conditions, "Succeeded says how the work ended and why."),
    ])
}
