extension EtcdRecovery {
    package static let schema = Schema.object([
        .init("spec", Spec.schema, "Which cluster to recover, how, and what a person decides about it."),
        .init("status", Status.schema, "What was observed and done. Written by the controller."),
    ])

    package static let summary =
        "An etcd cluster that lost its majority: what was seen, what a person approved, and what became of it."
    package static let shortNames = ["etcdrec"]

    package static let printerColumns = [
        PrinterColumn(name: "Cluster", type: "string", jsonPath: ".spec.clusterRef"),
        PrinterColumn(name: "Phase", type: "string", jsonPath: ".status.phase"),
        PrinterColumn(name: "Survivor", type: "string", jsonPath: ".status.survivor.name"),
        PrinterColumn(name: "Approved", type: "boolean", jsonPath: ".spec.approved"),
        PrinterColumn(name: "Age", type: "date", jsonPath: ".metadata.creationTimestamp"),
    ]
}

extension EtcdRecovery.Spec {
    static let schema = Schema.object([
        .init(
            "clusterRef", .string(.init(pattern: Schema.dnsLabel, minLength: 1, maxLength: 52)),
            "Required. Name of the EtcdCluster in the same namespace, or of the StatefulSet that runs etcd. Never "
                + "changes."),
        .init(
            "approved", .boolean,
            "Nothing is changed before it is true. Set it, together with approvedDigest, once the phase is "
                + "AwaitingApproval. Default: false."),
        .init(
            "approvedDigest", .string(.init(maxLength: 128)),
            "status.observed.digest of the state that is approved. An approval of another state counts for nothing."),
        .init(
            "survivor", .string(.init(pattern: Schema.dnsLabel, minLength: 1, maxLength: 63)),
            "Name of the member (its pod) whose data are kept. Default: of those that can be read, the one that has "
                + "applied most."),
        .init(
            "gracePeriod", .string(),
            "How long the majority has to be missing, as a Go duration such as 60s or 5m; 10s to 1h. Default: 60s."),
        .init(
            "recoveryTimeout", .string(),
            "How long the recovery may last from its approval on, as a Go duration such as 30m; 1m to 24h. Default: 30m."
        ),
        .init(
            "destination", Destination.schema,
            "Where the rescue copies go, one of each member that can be read: <prefix>/<cluster>.rescue/<recovery>/"
                + "<member>-<time>.db. Default: that of the newest Completed EtcdBackup of the cluster, else the controller's "
                + "volume, where it has one."),
        .init(
            "aborted", .boolean,
            "Calls the recovery off, as long as the rebuilding has not begun; for good. Default: false."),
        .init(
            "acknowledged", .boolean,
            "A person has read status.dataLoss of a recovery that has ended; it clears DataLossPossible. Default: false."
        ),
    ])
}

extension EtcdRecovery.Status {
    static let schema = Schema.object([
        .init("observedGeneration", .integer(.int64), "The metadata.generation that this status was written for."),
        .init(
            "phase", .string(.init(allowed: EtcdRecovery.Phase.all.map(\.rawValue))),
            "Detecting, AwaitingApproval, Snapshotting, Rebuilding, ScalingOut, and at the end Completed, Cancelled or "
                + "Failed."),
        .init(
            "layout", .string(.init(allowed: EtcdRecovery.Layout.all.map(\.rawValue))),
            "Who makes the members' pods: StatefulSet or Pods for the etcd-operator's two ways, Plain for a StatefulSet "
                + "without an EtcdCluster."),
        .init(
            "detectedTime", .string(.init(format: "date-time")), "When the majority was first seen to be missing."),
        .init("lastTransitionTime", .string(.init(format: "date-time")), "When phase last changed."),
        .init("completionTime", .string(.init(format: "date-time")), "When the work ended."),
        .init("message", .string(), "Where it stands and what to do, for people."),
        .init("attempts", .integer(.int64), "Times that the rebuilding was begun. Never goes down."),
        .init("laidAttempt", .integer(.int64), "The attempt whose data the cluster was rebuilt from."),
        .init(
            "stoppedTime", .string(.init(format: "date-time")),
            "When the members were about to be stopped. Before that nothing was changed."),
        .init("observed", EtcdRecovery.Observed.schema, "The evidence, as of the last look before the approval."),
        .init("approval", EtcdRecovery.Approval.schema, "The approval that was acted on."),
        .init("survivor", EtcdRecovery.Survivor.schema, "The member whose data are kept."),
        .init("destination", Destination.schema, "Where the rescue copies went, as of the approval."),
        .init(
            "rescueServer", EtcdRecovery.RescueServer.schema,
            "Where members get the rescue copies that are on the controller's volume, for want of a destination."),
        .init(
            "rescueCopies", .array(of: EtcdRecovery.RescueCopy.schema),
            "A verified snapshot of each member that could be read, kept until a person deletes it."),
        .init("verification", EtcdRecovery.Verification.schema, "What was read back from all members afterwards."),
        .init("dataLoss", EtcdRecovery.DataLoss.schema, "What was kept and what may be lost. Written once."),
        .init(
            "conditions", .conditions,
            "Recovering while the work is under way; DataLossPossible from the rebuilding until it is acknowledged."),
    ])
}
