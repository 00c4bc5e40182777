extension EtcdBackup {
    package static let schema = Schema.object([
        .init("spec", Spec.schema, "What to back up, and where to. Fixed once the work has begun."),
        .init("status", Status.schema, "What was observed. Written by the controller."),
    ])

    package static let summary = "One point-in-time snapshot of an EtcdCluster, uploaded to an object store."
    package static let shortNames = ["etcdbk"]

    package static let printerColumns = [
        PrinterColumn(name: "Cluster", type: "string", jsonPath: ".spec.clusterRef"),
        PrinterColumn(name: "Provider", type: "string", jsonPath: ".spec.destination.provider"),
        PrinterColumn(name: "Phase", type: "string", jsonPath: ".status.phase"),
        PrinterColumn(name: "Location", type: "string", jsonPath: ".status.snapshotLocation"),
        PrinterColumn(name: "Age", type: "date", jsonPath: ".metadata.creationTimestamp"),
    ]
}

extension EtcdBackup.Spec {
    static let schema = Schema.object([
        .init(
            "clusterRef", .string(.init(pattern: Schema.dnsLabel, minLength: 1, maxLength: 52)),
            "Required. Name of the EtcdCluster in the same namespace."),
        .init("destination", Destination.schema, "Required. Where the snapshot is uploaded to."),
        .init(
            "snapshotTimeout", .string(),
            "How long taking the snapshot may last, as a Go duration such as 10m or 1h30m; 10s to 24h. Default: 10m."),
        .init(
            "retention",
            .object([
                .init(
                    "retainCount", .integer(.init(format: "int32", range: 0...10_000)),
                    "Keep the newest this many snapshots of this cluster under the prefix and delete the others after a "
                        + "successful upload; 0 deletes none. Default: 0.")
            ]),
            "Which older snapshots are deleted."),
        .init(
            "deletionPolicy", .string(.init(allowed: EtcdBackup.DeletionPolicy.all.map(\.rawValue))),
            "What becomes of the snapshot when this object is deleted: Retain leaves it in the store, Delete deletes it. "
                + "Default: Retain."),
    ])
}

extension EtcdBackup.Status {
    static let schema = Schema.object([
        .init("observedGeneration", .integer(.int64), "The metadata.generation that this status was written for."),
        .init(
            "phase", .string(.init(allowed: EtcdBackup.Phase.all.map(\.rawValue))),
            "Pending, Snapshotting, Uploading, and at the end Completed or Failed."),
        .init("startTime", .string(.init(format: "date-time")), "When the work began."),
        .init("completionTime", .string(.init(format: "date-time")), "When the work ended."),
        .init("snapshotLocation", .string(), "Full URI of the snapshot: s3://bucket/key or gs://bucket/key."),
        .init("snapshotSizeBytes", .integer(.int64), "Size of the uploaded snapshot in bytes."),
        .init(
            "snapshot", EtcdBackup.Snapshot.schema,
            "What was read from the bytes that were uploaded. A field that was not measured is absent."),
        .init("conditions", .conditions, "Succeeded says how the work ended and why."),
    ])
}

extension EtcdBackup.Snapshot {
    static let schema = Schema.object([
        .init("hash", .string(), "The database's hash as etcd prints it: eight hexadecimal digits."),
        .init("revision", .integer(.int64), "The newest revision in the snapshot."),
        .init("totalKeys", .integer(.int64), "Keys that are there at that revision, as the member counted them."),
        .init("totalSize", .integer(.int64), "Size of the database in bytes."),
        .init("sha256", .string(), "SHA-256 of the uploaded bytes, in hexadecimal."),
        .init("etcdVersion", .string(), "The version of the member that the snapshot was taken from."),
        .init("memberName", .string(), "The member that the snapshot was taken from."),
        .init("memberID", .string(), "That member's ID in hexadecimal, as etcd prints it."),
        .init("keyspaceHash", .integer(.int64), "HashKV at revision; a restore is compared with it."),
        .init("compactRevision", .integer(.int64), "The revision that HashKV was compacted at."),
    ])
}
