import ArgumentParser
import EtcdRecoverModel
import FoundationEssentials
import Testing

@testable import PluginCommands

struct CreateTests {
    private let epoch = Date(timeIntervalSince1970: 0)

    @Test func everyBackupFlagHasItsField() throws {
        let command = try #require(
            try Plugin.parseAsRoot([
                "backup", "create", "nightly", "--cluster", "main", "--provider", "s3", "--bucket", "backups",
                "--prefix",
                "prod", "--region", "eu-west-1", "--endpoint", "https://s3.example.com", "--no-force-path-style",
                "--secret", "keys", "--timeout", "15m", "--retain", "7",
                "--deletion-policy", "Delete",
            ]) as? BackupCreate)
        #expect(
            command.backup(now: epoch)
                == EtcdBackup(
                    metadata: ObjectMeta(name: "nightly"),
                    spec: .init(
                        clusterRef: "main",
                        destination: Destination(
                            provider: .s3, prefix: "prod", secretRef: LocalReference(name: "keys"),
                            s3: .init(
                                bucket: "backups", region: "eu-west-1", endpoint: "https://s3.example.com",
                                forcePathStyle: false)),
                        snapshotTimeout: "15m", retention: .init(retainCount: 7), deletionPolicy: .delete)))
    }

    @Test func aBackupWithoutANameGetsOneFromItsCluster() throws {
        let command = try #require(
            try Plugin.parseAsRoot(["backup", "create", "--cluster", "main", "--provider", "gcs", "--bucket", "b"])
                as? BackupCreate)
        #expect(
            try WholeObject(command.backup(now: epoch)).rendered(as: .yaml) == """
                apiVersion: operator.etcd.io/v1alpha1
                kind: EtcdBackup
                metadata:
                  name: main-19700101000000
                spec:
                  clusterRef: main
                  destination:
                    gcs:
                      bucket: b
                    provider: gcs

                """)
    }

    @Test func everyRestoreFlagHasItsField() throws {
        let command = try #require(
            try Plugin.parseAsRoot([
                "restore", "create", "back", "--target", "new", "--provider", "gcs", "--bucket", "b", "--key",
                "main/x.db",
                "--skip-hash-check", "--size", "3", "--version", "3.5.21", "--storage-size", "10Gi", "--storage-limit",
                "20Gi", "--storage-class", "fast", "--pvc", "claim", "--access-mode", "ReadWriteMany",
                "--revision-bump",
                "1000", "--timeout", "20m",
            ]) as? RestoreCreate)
        #expect(
            command.restore(now: epoch)
                == EtcdRestore(
                    metadata: ObjectMeta(name: "back"),
                    spec: .init(
                        source: .init(
                            location: .init(
                                destination: Destination(provider: .gcs, gcs: .init(bucket: "b")), key: "main/x.db"),
                            skipHashCheck: true),
                        target: .init(
                            name: "new", size: 3, version: "3.5.21",
                            storageSpec: StorageSpec(
                                accessModes: "ReadWriteMany", storageClassName: "fast", pvcName: "claim",
                                volumeSizeRequest: Quantity(rawValue: "10Gi"),
                                volumeSizeLimit: Quantity(rawValue: "20Gi")),
                            revisionBump: 1000),
                        restoreTimeout: "20m")))
    }

    @Test func aRestoreOfABackupSaysNothingThatWasNotSaid() throws {
        let command = try #require(
            try Plugin.parseAsRoot(["restore", "create", "--target", "new", "--from-backup", "nightly"])
                as? RestoreCreate)
        #expect(
            command.restore(now: epoch)
                == EtcdRestore(
                    metadata: ObjectMeta(name: "new-19700101000000"),
                    spec: .init(source: .init(backupRef: LocalReference(name: "nightly")), target: .init(name: "new"))))
    }

    @Test(arguments: [
        (nil, "etcdbackup.operator.etcd.io/a created (server dry run)\n"),
        (ObjectFormat.name, "etcdbackup.operator.etcd.io/a\n"),
        (
            .json,
            "{\n    \"apiVersion\": \"operator.etcd.io/v1alpha1\",\n    \"kind\": \"EtcdBackup\",\n"
                + "    \"metadata\": {\n        \"name\": \"a\"\n    }\n}\n"
        ),
    ])
    func createdObjectsPrintAsInKubectl(_ format: ObjectFormat?, expected: String) throws {
        let object = try WholeObject(EtcdBackup(metadata: ObjectMeta(name: "a")))
        #expect(object.rendered(as: format, suffix: " (server dry run)") == expected)
    }

    @Test func aRefusalNamesEveryProblem() throws {
        let captured = try CapturedConsole()
        let rule = RuleID(rawValue: "a.rule")
        let findings = [
            Finding(rule, at: FieldPath("spec", "x"), .error, .invalid, "Invalid value: no"),
            Finding(rule, at: FieldPath("spec", "y"), .warning, .invalid, "careful"),
            Finding(rule, at: FieldPath("spec", "z"), .unresolved, .invalid, "may not look"),
            Finding(rule, at: FieldPath("spec", "w"), .error, .required, "Required value: say it"),
        ]
        #expect(
            throws: CommandFailure(
                """
                backup "n" is not valid and was not sent:
                  spec.x: Invalid value: no [a.rule]
                  spec.w: Required value: say it [a.rule]
                """)
        ) {
            try Creation<EtcdBackup>.judge(
                findings, name: "n", warnings: ShownWarnings(on: captured.console), console: captured.console)
        }
        #expect(captured.diagnostics == "warning: spec.y: careful [a.rule]\nnote: spec.z: may not look [a.rule]\n")
        #expect(captured.output.isEmpty)
    }

    @Test func theRulesJudgeTheDefaultedObject() async throws {
        let sound = EtcdBackup(
            metadata: ObjectMeta(name: "a", namespace: "db"),
            spec: .init(
                clusterRef: "main", destination: Destination(s3: .init(bucket: "backups", region: "eu-west-1")),
                retention: .init(retainCount: 3)))
        #expect(try await Creation(object: sound).findings(asking: nil) == [])
        var unsound = sound
        unsound.spec?.clusterRef = nil
        unsound.metadata.name = "No Name"
        #expect(
            try await Creation(object: unsound).findings(asking: nil).map(\.path.description)
                == ["metadata.name", "spec.clusterRef"])
    }
}
