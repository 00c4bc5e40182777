@testable import EtcdRecoverModel

enum SourceCases {
    private static func row(
        _ name: String, _ backup: LookedUp<EtcdBackup>, version: JSONValue = "v3.5.21",
        cluster: LookedUp<EtcdCluster>? = nil, _ expected: [String]
    ) -> RuleCase {
        var world = World.prod
        switch backup {
        case .found(let backup): world.backups = .found([backup])
        case .absent: world.backups = .found([])
        case .unavailable(let reason): world.backups = .unavailable(reason)
        }
        if let cluster { world.clusters["main"] = cluster }
        return RuleCase(name, Sample.restore, ["spec.target.version": version], in: world, says: expected)
    }

    private static func backup(_ phase: EtcdBackup.Phase?) -> EtcdBackup {
        var backup = World.completed("done")
        backup.status?.phase = phase
        return backup
    }

    private static let nowhere = {
        var backup = World.completed("done")
        backup.status?.snapshotLocation = nil
        return backup
    }()

    /// The backup's own Secret, which the restore has used.
    private static func secret(
        _ name: String, _ secret: LookedUp<Secret>, access: LookedUp<Bool> = .found(true), _ expected: [String]
    ) -> RuleCase {
        var world = World.prod
        var backup = World.completed("done")
        backup.spec?.destination?.secretRef = LocalReference(name: "s3")
        world.backups = .found([backup])
        world.secrets["s3"] = secret
        world.access = access
        return RuleCase(
            "of a backup's Secret, \(name)", Sample.restore, in: world, requester: UserInfo(username: "jane"),
            says: expected)
    }

    private static let soundKeys = World.secret(["accessKeyID": "AKIAEXAMPLE", "secretAccessKey": "hush-hush"])

    static let all = [
        secret("nothing where all is well", .found(soundKeys), []),
        secret(
            "that it is not the user's", .found(soundKeys), access: .found(false),
            [
                #"error secret.forbidden spec.source.backupRef.name: Forbidden: user "jane" may not get Secret "s3" of EtcdBackup "done" in namespace "prod", so it must not be used: name another, or ask for the right to get it"#
            ]),
        secret(
            "that it is gone", .absent,
            [
                #"error secret.notFound spec.source.backupRef.name: Not found: "done": there is no Secret "s3", which that EtcdBackup names, in namespace "prod": create it, or use location with a Secret that exists"#
            ]),
        secret(
            "that nobody can tell", .unavailable("timed out after 5s"),
            [
                #"error lookup.unavailable spec.source.backupRef.name: Could not be checked: whether Secret "s3" of EtcdBackup "done" has the keys and may be used by user "jane": timed out after 5s"#
            ]),
        secret(
            "what is wrong with its keys", .found(World.secret(["accessKeyID": "AKIAEXAMPLE\n"])),
            [
                #"error secret.key.missing spec.source.backupRef.name: Required value: Secret "s3" of EtcdBackup "done" has no key "secretAccessKey": add it"#,
                #"error secret.key.whiteSpace spec.source.backupRef.name: Invalid value: "done": its Secret's "accessKeyID" has white space or a newline around it, which becomes part of the key: encode it with printf or echo -n"#,
            ]),
        row(
            "a backup that is not there", .absent,
            [
                #"error restore.source.backupRef.notFound spec.source.backupRef.name: Not found: "done": there is no EtcdBackup of that name in namespace "prod": name one that is Completed"#
            ]),
        row(
            "a backup that cannot be looked up", .unavailable("timed out after 5s"),
            [
                #"error lookup.unavailable spec.source.backupRef.name: Could not be checked: whether EtcdBackup "done" exists and is Completed: timed out after 5s"#
            ]),
        row(
            "a backup that failed", .found(backup(.failed)),
            [
                #"error restore.source.backupRef.notCompleted spec.source.backupRef.name: Invalid value: "done": that EtcdBackup is Failed and has no snapshot: name one that is Completed"#
            ]),
        row(
            "a backup that is uploading", .found(backup(.uploading)),
            [
                #"error restore.source.backupRef.notCompleted spec.source.backupRef.name: Invalid value: "done": that EtcdBackup is Uploading, not yet Completed: wait for it, or name one that is Completed"#
            ]),
        row(
            "a backup that has not begun", .found(backup(nil)),
            [
                #"error restore.source.backupRef.notCompleted spec.source.backupRef.name: Invalid value: "done": that EtcdBackup has not begun: wait for it, or name one that is Completed"#
            ]),
        row(
            "a backup without a location", .found(nowhere),
            [
                #"error restore.source.backupRef.noLocation spec.source.backupRef.name: Invalid value: "done": that EtcdBackup is Completed but does not record where its snapshot lies: name another, or use location"#
            ]),
        row(
            "an older minor than the snapshot's", .found(World.completed("done")), version: "v3.4.37",
            [
                #"error restore.target.version.tooOld spec.target.version: Invalid value: "v3.4.37": the snapshot was written by etcd 3.5.21, and an older minor may not read it: use at least 3.5"#
            ]),
        row("an older patch than the snapshot's", .found(World.completed("done")), version: "v3.5.0", []),
        row("a snapshot of unknown version", .found(World.completed("done", version: nil)), version: "v3.4.37", []),
        row("a version left to the backup's cluster", .found(World.completed("done")), version: .null, []),
        row(
            "a version left to a cluster that is gone", .found(World.completed("done")), version: .null,
            cluster: .absent,
            [
                #"error restore.target.version.required spec.target.version: Required value: EtcdCluster "main", which the backup was taken from, no longer tells: name the etcd version to run (the snapshot was written by 3.5.21)"#
            ]),
        row(
            "a version left to a cluster that cannot be looked up", .found(World.completed("done")), version: .null,
            cluster: .unavailable("timed out after 5s"),
            [
                #"error lookup.unavailable spec.target.version: Could not be checked: the version of EtcdCluster "main", which is the default: timed out after 5s"#
            ]),
        row(
            "a snapshot newer than the cluster that it is from", .found(World.completed("done", version: "3.6.1")),
            version: .null,
            [
                #"error restore.target.version.tooOld spec.target.version: Invalid value: "v3.5.21": the snapshot was written by etcd 3.6.1, and an older minor may not read it: use at least 3.6"#
            ]),
    ]
}
