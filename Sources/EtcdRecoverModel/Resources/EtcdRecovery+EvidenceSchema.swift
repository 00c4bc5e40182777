extension EtcdRecovery.Observed {
    static let schema = Schema.object([
        .init(
            "digest", .string(),
            "SHA-256, in hexadecimal, of what an approval is about: who answers, who is gone, what each knows, who is kept."
        ),
        .init(
            "permanent", .boolean,
            "Whether the missing members are gone for good, as far as Kubernetes tells: volumes gone, pods that cannot "
                + "start."),
        .init("reasons", .array(of: .string()), "What speaks for it, a sentence each."),
        .init("members", .array(of: EtcdRecovery.Member.schema), "Every member, answering or not."),
    ])
}

extension EtcdRecovery.Member {
    static let schema = Schema.object([
        .init("name", .string(), required: true, "Name of its pod."),
        .init("memberID", .string(), "Its ID in hexadecimal, as etcd prints it."),
        .init("reachable", .boolean, required: true, "Whether its etcd answers."),
        .init("learner", .boolean, "Whether it is a learner, which has no vote."),
        .init("lastHeardTime", .string(.init(format: "date-time")), "When it last answered."),
        .init("revision", .integer(.int64), "The newest revision that it has."),
        .init("raftTerm", .integer(.int64), "Its raft term."),
        .init("raftIndex", .integer(.int64), "The newest entry that it has applied."),
        .init("pod", .string(), "How its pod is: Running, absent, or why it does not run."),
        .init("volume", .string(), "How its volume claim is: Bound, Pending or absent; not set where it has none."),
    ])
}

extension EtcdRecovery.Approval {
    static let schema = Schema.object([
        .init("digest", .string(), required: true, "status.observed.digest as it was approved."),
        .init("time", .string(.init(format: "date-time")), required: true, "When it was found approved."),
        .init("automatic", .boolean, "Approved by the cluster's annotation, and not by a person."),
    ])
}

extension EtcdRecovery.Survivor {
    static let schema = Schema.object([
        .init("name", .string(), required: true, "Name of its pod."),
        .init("ordinal", .integer(.int64), "The number at the end of that name."),
        .init("memberID", .string(), "Its ID in hexadecimal, as etcd prints it."),
        .init("revision", .integer(.int64), "The newest revision that it had."),
        .init("raftTerm", .integer(.int64), "Its raft term."),
        .init("raftIndex", .integer(.int64), "The newest entry that it had applied."),
        .init("fromVolume", .boolean, "Its etcd did not run any more, and the data come from its volume."),
        .init(
            "readInPlace", .boolean,
            "Its own agent reads them there, once the members were stopped: no copy can be had before."),
    ])
}

extension EtcdRecovery.RescueServer {
    static let schema = Schema.object([
        .init("url", .string(), required: true, "Where the members' pods reach the controller: https://host:port."),
        .init("caBundle", .string(), required: true, "PEM. Its certificate is checked against this and nothing else."),
    ])
}

extension EtcdRecovery.RescueCopy {
    static let schema = Schema.object([
        .init("member", .string(), required: true, "Name of the member's pod."),
        .init(
            "location", .string(), required: true,
            "Full URI of the snapshot: s3://bucket/key or gs://bucket/key; controller:///key of one on the controller's volume."
        ),
        .init("sizeBytes", .integer(.int64), "Size of the snapshot in bytes."),
        .init("sha256", .string(), "SHA-256 of the uploaded bytes, in hexadecimal."),
        .init("revision", .integer(.int64), "The newest revision in the snapshot."),
        .init("totalKeys", .integer(.int64), "Keys that are there at that revision."),
        .init("keyspaceHash", .integer(.int64), "HashKV at revision, from the member itself."),
        .init("compactRevision", .integer(.int64), "The revision that HashKV was compacted at."),
        .init("etcdVersion", .string(), "The version of the member."),
        .init(
            "missingEntries", .integer(.int64),
            "Of a copy from a volume: entries at most that only the member's log had. Not set where that cannot be told."
        ),
        .init("time", .string(.init(format: "date-time")), "When it was taken."),
    ])
}

extension EtcdRecovery.Verification {
    static let schema = Schema.object([
        .init("clusterID", .string(), "The one cluster ID of all members, in hexadecimal."),
        .init("members", .integer(.int64), "Voters that were read."),
        .init("revision", .integer(.int64), "The revision that they were compared at."),
        .init("keyspaceHash", .integer(.int64), "HashKV at that revision, the same on all members."),
        .init("matches", .boolean, "Whether they agree, and nothing that the survivor had is missing."),
    ])
}

extension EtcdRecovery.DataLoss {
    static let schema = Schema.object([
        .init("survivorMemberID", .string(), "ID of the member whose data were kept, in hexadecimal."),
        .init("survivorRevision", .integer(.int64), "The newest revision that it had."),
        .init("raftIndex", .integer(.int64), "The newest entry that it had applied."),
        .init("recoveredTime", .string(.init(format: "date-time")), "When the cluster was writable again."),
        .init("message", .string(), "What was kept, and what cannot be known."),
    ])
}
