import ArgumentParser
import EtcdRecoverModel
import Glibc
import Testing

@testable import PluginCommands

struct ValidationTests {
    private static let backup = """
        apiVersion: operator.etcd.io/v1alpha1
        kind: EtcdBackup
        metadata:
          name: nightly
        spec:
          clusterRef: main
          destination:
            provider: s3
            secretRef: {name: keys}
            s3: {bucket: backups, region: eu-west-1}
          retention: {retainCount: 3}

        """
    private static let world = """
        apiVersion: v1
        kind: Secret
        metadata: {name: keys}
        stringData: {accessKeyID: AKIAEXAMPLE, secretAccessKey: hush-hush-value}
        ---
        apiVersion: operator.etcd.io/v1alpha1
        kind: EtcdCluster
        metadata: {name: main}
        spec: {size: 3, version: 3.5.21}

        """

    /// The report on files of these names and texts, their directory's name left out.
    private func report(
        _ files: KeyValuePairs<String, String>, namespace: String = "default"
    ) async throws -> ValidationReport {
        try await withDirectory { directory in
            for (name, text) in files { try write(text, to: "\(directory)/\(name)") }
            var manifests = Manifests([directory], recursive: true, namespace: namespace)
            manifests.dropPrefix(directory + "/")
            return await Validation(manifests).report()
        }
    }

    /// The exit code of `validate -f` with these arguments.
    private func validate(_ arguments: [String], on console: Console) async throws -> Int32 {
        do {
            try await Validate.parse(["-f"] + arguments).run(on: console)
            return 0
        } catch let code as ExitCode {
            return code.rawValue
        }
    }

    private func lines(_ report: ValidationReport) -> [String] {
        report.text(style: .plain).split(separator: "\n").map(String.init)
    }

    @Test func manifestsOfOneRunSeeEachOther() async throws {
        let alone = try await report(["backup.yaml": Self.backup])
        let together = try await report(["backup.yaml": Self.backup, "world.yaml": Self.world])
        #expect(alone.findings.map(\.path) == ["spec.clusterRef", "spec.destination.secretRef.name"])
        #expect(alone.findings.allSatisfy { $0.severity == .unresolved })
        #expect(together.findings == [])
        #expect(together.objects.map(\.identity.description) == ["EtcdBackup/default/nightly"])
        #expect(together.skipped == 2)
        #expect(together.status(strict: true) == .success)
    }

    @Test func aRecoveryIsJudgedBesideTheOthersOfItsRun() async throws {
        func recovery(_ name: String, _ more: String = "") -> String {
            """
            apiVersion: operator.etcd.io/v1alpha1
            kind: EtcdRecovery
            metadata: {name: \(name)}
            spec: {clusterRef: main\(more)}

            """
        }
        let alone = try await report(["a.yaml": recovery("rescue"), "world.yaml": Self.world])
        #expect(alone.findings == [])
        let report = try await report([
            "a.yaml": recovery("rescue"), "b.yaml": recovery("again", ", approved: true"), "world.yaml": Self.world,
        ])
        #expect(
            report.findings.map { "\($0.place.file) \($0.rule)" } == [
                "a.yaml recovery.clusterRef.inFlight", "b.yaml recovery.clusterRef.inFlight",
                "b.yaml recovery.decision.onCreation",
            ])
    }

    @Test func aSecretOfTheRunIsCheckedAndNeverPrinted() async throws {
        let broken = Self.world.replacing("accessKeyID: AKIAEXAMPLE, ", with: "")
        let report = try await report(["backup.yaml": Self.backup, "world.yaml": broken])
        #expect(report.count(.error) == 1)
        #expect(report.findings.contains { $0.path == "spec.destination.secretRef.name" && $0.severity == .error })
        for format in ReportFormat.allCases {
            #expect(!report.rendered(as: format).contains("hush"))
        }
    }

    @Test(arguments: [
        "password: *hunter2", "password: !hunter2 x", "password: !!binary hunter2!", "password: !!int hunter2",
        "{hunter2, hunter2}", "hunter2: 1\n  hunter2: 2", "password: \"hunter2", "password: @hunter2",
        "- hunter2\n  password: hunter2", "? [hunter2]\n  : x", "password: &hunter2 {a: *hunter2}",
        "password: %hunter2", "password: hunter2: hunter2", "<<: hunter2",
    ])
    func aSecretThatCannotBeReadIsNotQuoted(data: String) async throws {
        let secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: keys}\nstringData:\n  \(data)\n"
        let report = try await report(["secret.yaml": secret])
        #expect(report.findings.map(\.rule) == [.malformedFile])
        for format in ReportFormat.allCases { #expect(!report.rendered(as: format).contains("hunter2")) }
    }

    @Test(arguments: [
        #"{"password": hunter2, "#, #"{"password": "hunter2"#, #"{"password": "hunter2", "password": "hunter2"}}"#,
        #"{"hunter2": 1, "hunter2": 2}}"#, #"{"password": "\hunter2"}}"#, #"["hunter2", 1]}"#, #""hunter2"}"#,
        "{\"password\": 1e999}}", #"{"password": .inf, "user": {"hunter2": 7}}}"#,
    ])
    func aSecretInJSONIsNotQuoted(data: String) async throws {
        let secret = #"{"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "keys"}, "stringData": "# + data
        let report = try await report(["backup.yaml": Self.backup, "secret.json": secret])
        for format in ReportFormat.allCases { #expect(!report.rendered(as: format).contains("hunter2")) }
    }

    @Test func theNamespaceOfTheRunIsForManifestsWithoutOne() async throws {
        let elsewhere = Self.world.replacing("name: main", with: "name: main, namespace: other")
        let report = try await report(["a.yaml": Self.backup, "b.yaml": elsewhere], namespace: "prod")
        #expect(report.objects.map(\.identity.description) == ["EtcdBackup/prod/nightly"])
        #expect(report.findings.map(\.path) == ["spec.clusterRef"])
    }

    @Test func everyProblemIsToldAtItsPlace() async throws {
        let bad = """
            # a comment
            apiVersion: operator.etcd.io/v1alpha1
            kind: EtcdBackup
            metadata:
              name: bad
              labels: {prod: y}
            spec:
              clusterRef: 123
              destination:
                provider: s3
                prefx: a
                prefix: /a
                secretRef: {name: keys}
                s3: {bucket: backups}
              retention:
                retainCount: "3"

            """
        #expect(
            lines(try await report(["bad.yaml": bad, "world.yaml": Self.world])) == [
                #"bad.yaml:6:12: error: EtcdBackup/default/bad: metadata.labels.prod: Invalid value: true: must be a string, "#
                    + #"not a boolean (YAML reads a plain y so): write "y", with the quotes [shape.type]"#,
                #"bad.yaml:8:3: error: EtcdBackup/default/bad: spec.clusterRef: Invalid value: 123: must be a string, "#
                    + #"not a number: write "123", with the quotes [shape.type]"#,
                #"bad.yaml:11:5: error: EtcdBackup/default/bad: spec.destination.prefx: Forbidden: unknown field: "#
                    + #"did you mean "prefix"? [shape.unknownField]"#,
                #"bad.yaml:12:5: error: EtcdBackup/default/bad: spec.destination.prefix: Invalid value: "/a": "#
                    + "must not begin with a slash [destination.prefix.invalid]",
                #"bad.yaml:16:5: error: EtcdBackup/default/bad: spec.retention.retainCount: Invalid value: "3": "#
                    + "must be an integer (int32), not a string: write it without quotes [shape.type]",
            ])
    }

    @Test func aBrokenFileHidesNeitherItsFirstDocumentsNorOtherFiles() async throws {
        let report = try await report([
            "a.yaml": Self.backup + "---\nfoo: [\n", "b.json": #"{"apiVersion": "#, "c.yaml": "x: \u{0}",
            "d.yaml": Self.world,
            "e.yaml": "a: &a [x]\nb: *c\n", "f.yaml": "a: 1\na: 2\n", "g.yaml": "", "h.yaml": "# nothing\n---\n",
        ])
        #expect(report.objects.map(\.identity.name) == ["nightly"])
        #expect(
            report.findings.filter { $0.rule == .malformedFile }.map(\.place.file) == [
                "a.yaml", "b.json", "c.yaml", "e.yaml", "f.yaml",
            ])
        #expect(report.status(strict: false) == .failure)
        #expect(report.files.count == 8)
    }

    @Test func bombsAndOversizedFilesAreFindings() async throws {
        var bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...9 {
            bomb +=
                "a\(level): &a\(level) [" + Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
                + "]\n"
        }
        let deep = String(repeating: "[", count: 10_000)
        try await withDirectory { directory in
            try write(bomb, to: "\(directory)/bomb.yaml")
            try write(deep, to: "\(directory)/deep.yaml")
            try write([0x61, 0x3A, 0x20, 0xFF], to: "\(directory)/latin.yaml")
            try write("", to: "\(directory)/sparse.yaml")
            try #require(truncate("\(directory)/sparse.yaml", 1 << 34) == 0)
            let report = await Validation(Manifests([directory], recursive: true, namespace: "default")).report()
            #expect(report.findings.map(\.rule) == [.malformedFile, .malformedFile, .malformedFile, .unreadableFile])
            #expect(report.objects.isEmpty)
        }
    }

    @Test func listsAreExpandedAndOtherKindsCounted() async throws {
        let item = """
            - metadata: {name: a}
              spec: {clusterRef: main, destination: {provider: s3, s3: {bucket: backups, region: eu-west-1}}}

            """
        let report = try await report([
            "list.yaml": "apiVersion: operator.etcd.io/v1alpha1\nkind: EtcdBackupList\nitems:\n" + item,
            "mixed.yaml":
                "apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: ConfigMap, metadata: {name: c}}\n",
            "values.yaml": "replicas: 3\n",
            "foreign.yaml": "apiVersion: etcd.database.coreos.com/v1beta2\nkind: EtcdBackup\nmetadata: {name: x}\n",
        ])
        #expect(
            report.objects == [
                CheckedObject(
                    identity: .init(kind: "EtcdBackup", namespace: "default", name: "a"),
                    place: Place(file: "list.yaml", line: 4, column: 3))
            ])
        #expect(report.skipped == 3)
        #expect(report.count(.error) == 0)
    }

    @Test func aKindOfOursInAnotherSpellingOrVersionIsAnError() async throws {
        let report = try await report([
            "a.yaml": Self.backup.replacing("EtcdBackup", with: "etcdbackup"),
            "b.yaml": Self.backup.replacing("v1alpha1", with: "v1beta1"), "world.yaml": Self.world,
        ])
        #expect(report.findings.filter { $0.severity == .error }.map(\.path) == ["kind", "apiVersion"])
        #expect(report.skipped == 2)
    }

    @Test func aKindOfOursWithoutApiVersionOrInThePluralIsAnError() async throws {
        let report = try await report([
            "a.yaml": Self.backup.replacing("apiVersion: operator.etcd.io/v1alpha1\n", with: ""),
            "b.yaml": Self.backup.replacing("kind: EtcdBackup", with: "kind: EtcdBackups"),
            "c.yaml": Self.backup.replacing("operator.etcd.io/", with: ""), "world.yaml": Self.world,
        ])
        #expect(
            lines(report).filter { $0.contains("error") } == [
                #"a.yaml:1:1: error: EtcdBackup/default/nightly: apiVersion: Unsupported value: "": supported values: "#
                    + #""operator.etcd.io/v1alpha1" [object.apiVersion]"#,
                #"b.yaml:2:1: error: EtcdBackups/default/nightly: kind: Unsupported value: "EtcdBackups": supported "#
                    + #"values: "EtcdBackup" [object.kind]"#,
                #"c.yaml:1:1: error: EtcdBackup/default/nightly: apiVersion: Unsupported value: "v1alpha1": supported "#
                    + #"values: "operator.etcd.io/v1alpha1" [object.apiVersion]"#,
            ])
    }

    @Test func aKindOfOursInAnotherGroupIsAWarning() async throws {
        let foreign = Self.backup.replacing("operator.etcd.io/v1alpha1", with: "etcd.database.coreos.com/v1beta2")
        let report = try await report(["a.yaml": foreign])
        #expect(
            lines(report) == [
                "a.yaml:1:1: warning: EtcdBackup/default/nightly is of etcd.database.coreos.com/v1beta2 and was not "
                    + "checked; write operator.etcd.io/v1alpha1 if it is meant for etcdrecover [manifest.otherGroup]"
            ])
        #expect(report.objects.isEmpty)
        #expect(report.status(strict: false) == .success)
        #expect(report.status(strict: true) == .failure)
    }

    @Test func aKindThatIsNearlyOneOfOursIsAnError() async throws {
        for (kind, meant) in [("EtcdBakup", "EtcdBackup"), ("EtcdRecover", "EtcdRecovery")] {
            let report = try await report(["a.yaml": Self.backup.replacing("kind: EtcdBackup", with: "kind: \(kind)")])
            #expect(report.status(strict: false) == .failure)
            #expect(
                lines(report).first?.contains("did you mean \(meant)? [manifest.unknownKind]") == true,
                "\(lines(report))")
        }
        // The operator's own is none of our business.
        let other = try await report(["a.yaml": Self.backup.replacing("kind: EtcdBackup", with: "kind: EtcdCluster")])
        #expect(lines(other).isEmpty && other.objects.isEmpty)
    }

    @Test(arguments: ["", "\n", "# nothing\n---\n"]) func anEmptyFileGivenByNameIsAnError(text: String) async throws {
        try await withDirectory { directory in
            let path = "\(directory)/a.yaml"
            try write(text, to: path)
            let captured = try CapturedConsole()
            #expect(try await validate([path], on: captured.console) == 1)
            #expect(captured.output == "\(path): error: is empty: nothing was checked [file.empty]\n")
            #expect(
                captured.diagnostics == """
                    warning: no EtcdBackup, EtcdRestore or EtcdRecovery found
                    0 objects checked in 1 file (0 others): 1 error, 0 warnings, 0 unresolved

                    """)
        }
    }

    @Test(arguments: [true, false]) func aRunThatFindsNoneOfOursSaysSo(strict: Bool) async throws {
        try await withDirectory { directory in
            try write(Self.world, to: "\(directory)/a.yaml")
            try write("", to: "\(directory)/b.yaml")
            let captured = try CapturedConsole()
            let status = try await validate([directory] + (strict ? ["--strict"] : []), on: captured.console)
            #expect(status == (strict ? 1 : 0))
            #expect(captured.output.isEmpty)
            #expect(
                captured.diagnostics == """
                    warning: no EtcdBackup, EtcdRestore or EtcdRecovery found
                    0 objects checked in 2 files (2 others): 0 errors, 0 warnings, 0 unresolved

                    """)
        }
    }

    @Test func oneNameTwiceIsAWarning() async throws {
        let report = try await report(["a.yaml": Self.backup, "b.yaml": Self.backup, "world.yaml": Self.world])
        #expect(
            lines(report).filter { $0.contains("manifest.duplicate") } == [
                "b.yaml:1:1: warning: EtcdBackup/default/nightly: is also defined at a.yaml:1:1; "
                    + "only one of the two can be applied [manifest.duplicate]"
            ])
    }

    @Test func everyFormatRendersARealRun() async throws {
        let report = try await report(["a.yaml": Self.backup.replacing("main", with: "Main_\u{202E}"), "b.yaml": "["])
        for format in ReportFormat.allCases {
            #expect(!report.rendered(as: format).isEmpty)
            #expect(!report.rendered(as: format).contains("\u{1B}"))
        }
    }
}

extension Manifests {
    /// Makes the places of a report the same wherever the files lay.
    fileprivate mutating func dropPrefix(_ prefix: String) {
        func dropped(_ file: String) -> String { file.hasPrefix(prefix) ? String(file.dropFirst(prefix.count)) : file }
        files = files.map(dropped)
        for index in objects.indices { objects[index].file = dropped(objects[index].file) }
        for index in findings.indices { findings[index].place.file = dropped(findings[index].place.file) }
    }
}
