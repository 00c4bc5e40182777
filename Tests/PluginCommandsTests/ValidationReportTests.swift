import EtcdRecoverModel
import FoundationEssentials
import Testing

@testable import PluginCommands

struct ValidationReportTests {
    /// An error and a warning in one file, a broken second file, a sound third object.
    static let report: ValidationReport = {
        let nightly = CheckedObject(
            identity: .init(kind: "EtcdBackup", namespace: "db", name: "nightly"),
            place: .init(file: "./a b.yaml", line: 1, column: 1))
        let sound = CheckedObject(
            identity: .init(kind: "EtcdRestore", namespace: "db", name: "back"),
            place: .init(file: "./a b.yaml", line: 20, column: 1))
        return ValidationReport(
            files: ["./a b.yaml", "broken.yaml"], objects: [nightly, sound],
            findings: [
                LocatedFinding(
                    place: .init(file: "./a b.yaml", line: 7, column: 5), object: nightly,
                    path: "spec.destination.prefix", severity: .error, rule: RuleID(rawValue: "prefix.slash"),
                    reason: .invalid, message: #"Invalid value: "/x": no <leading> slash, 100% & so on"#),
                LocatedFinding(
                    place: .init(file: "./a b.yaml", line: 9, column: 3), object: nightly, path: "spec.retention",
                    severity: .warning, rule: RuleID(rawValue: "retention.none"), reason: .invalid,
                    message: "storage grows for ever"),
                LocatedFinding(
                    place: .init(file: "./a b.yaml", line: 3, column: 1), object: nightly, path: "spec.clusterRef",
                    severity: .unresolved, rule: RuleID(rawValue: "lookup.unavailable"), reason: .notFound,
                    message: "no manifest has it"),
                .file("broken.yaml", line: 2, column: 4, .malformedFile, "did not find expected key\u{1B}[2J"),
            ], skipped: 3)
    }()

    @Test func textHasALineForEachFinding() {
        #expect(
            Self.report.rendered(as: .text) == #"""
                ./a b.yaml:7:5: error: EtcdBackup/db/nightly: spec.destination.prefix: Invalid value: "/x": no <leading> slash, 100% & so on [prefix.slash]
                ./a b.yaml:9:3: warning: EtcdBackup/db/nightly: spec.retention: storage grows for ever [retention.none]
                ./a b.yaml:3:1: unresolved: EtcdBackup/db/nightly: spec.clusterRef: no manifest has it [lookup.unavailable]
                broken.yaml:2:4: error: did not find expected key\u{1B}[2J [file.malformed]

                """#)
        #expect(Self.report.summary == "2 objects checked in 2 files (3 others): 2 errors, 1 warning, 1 unresolved")
    }

    @Test func colourIsOnTheSeverityOnly() {
        let text = Self.report.rendered(as: .text, style: Style(isOn: true))
        #expect(text.hasPrefix("./a b.yaml:7:5: \u{1B}[31merror:\u{1B}[0m EtcdBackup/db/nightly: "))
    }

    @Test func statusFollowsErrorsAndStrictness() {
        var report = Self.report
        #expect(report.status(strict: false) == .failure)
        report.findings.removeAll { $0.severity == .error }
        #expect(report.status(strict: false) == .success)
        #expect(report.status(strict: true) == .failure)
        report.findings.removeAll { $0.severity == .warning }
        #expect(report.status(strict: true) == .success)
    }

    @Test func jsonIsTheDocumentedContract() {
        #expect(
            Self.report.rendered(as: .json) == #"""
                {
                    "findings": [
                        {
                            "column": 5,
                            "file": "./a b.yaml",
                            "kind": "EtcdBackup",
                            "line": 7,
                            "message": "Invalid value: \"/x\": no <leading> slash, 100% & so on",
                            "name": "nightly",
                            "namespace": "db",
                            "path": "spec.destination.prefix",
                            "reason": "FieldValueInvalid",
                            "rule": "prefix.slash",
                            "severity": "error"
                        },
                        {
                            "column": 3,
                            "file": "./a b.yaml",
                            "kind": "EtcdBackup",
                            "line": 9,
                            "message": "storage grows for ever",
                            "name": "nightly",
                            "namespace": "db",
                            "path": "spec.retention",
                            "reason": "FieldValueInvalid",
                            "rule": "retention.none",
                            "severity": "warning"
                        },
                        {
                            "column": 1,
                            "file": "./a b.yaml",
                            "kind": "EtcdBackup",
                            "line": 3,
                            "message": "no manifest has it",
                            "name": "nightly",
                            "namespace": "db",
                            "path": "spec.clusterRef",
                            "reason": "FieldValueNotFound",
                            "rule": "lookup.unavailable",
                            "severity": "unresolved"
                        },
                        {
                            "column": 4,
                            "file": "broken.yaml",
                            "line": 2,
                            "message": "did not find expected key\u001b[2J",
                            "rule": "file.malformed",
                            "severity": "error"
                        }
                    ],
                    "formatVersion": 1,
                    "objects": [
                        {
                            "column": 1,
                            "file": "./a b.yaml",
                            "kind": "EtcdBackup",
                            "line": 1,
                            "name": "nightly",
                            "namespace": "db"
                        },
                        {
                            "column": 1,
                            "file": "./a b.yaml",
                            "kind": "EtcdRestore",
                            "line": 20,
                            "name": "back",
                            "namespace": "db"
                        }
                    ],
                    "summary": {
                        "errors": 2,
                        "files": 2,
                        "objects": 2,
                        "skipped": 3,
                        "unresolved": 1,
                        "warnings": 1
                    },
                    "valid": false
                }

                """#)
    }

    @Test func githubCommandsAreEscaped() {
        #expect(
            Self.report.rendered(as: .github) == #"""
                ::error file=./a b.yaml,line=7,col=5,title=prefix.slash::EtcdBackup/db/nightly: spec.destination.prefix: Invalid value: "/x": no <leading> slash, 100%25 & so on
                ::warning file=./a b.yaml,line=9,col=3,title=retention.none::EtcdBackup/db/nightly: spec.retention: storage grows for ever
                ::notice file=./a b.yaml,line=3,col=1,title=lookup.unavailable::EtcdBackup/db/nightly: spec.clusterRef: no manifest has it
                ::error file=broken.yaml,line=2,col=4,title=file.malformed::did not find expected key\u{1B}[2J

                """#)
        let hostile = ValidationReport(findings: [.file("a,b:c\n::error::%.yaml", .unreadableFile, "x\r\n::set-env::y")]
        )
        #expect(
            hostile.rendered(as: .github)
                == "::error file=a%2Cb%3Ac%0A%3A%3Aerror%3A%3A%25.yaml,title=file.unreadable::x\\r\\n::set-env::y\n")
    }

    @Test func junitHasACaseForEachObjectAndBrokenFile() {
        #expect(
            Self.report.rendered(as: .junit) == #"""
                <?xml version="1.0" encoding="UTF-8"?>
                <testsuites name="kubectl etcdrecover validate" tests="3" failures="2" errors="0">
                  <testsuite name="./a b.yaml" tests="2" failures="1" errors="0">
                    <testcase name="EtcdBackup/db/nightly" classname="./a b.yaml" file="./a b.yaml" line="1">
                      <failure message="Invalid value: &quot;/x&quot;: no &lt;leading&gt; slash, 100% &amp; so on" type="prefix.slash">./a b.yaml:7:5: error: EtcdBackup/db/nightly: spec.destination.prefix: Invalid value: &quot;/x&quot;: no &lt;leading&gt; slash, 100% &amp; so on [prefix.slash]</failure>
                      <system-out>./a b.yaml:9:3: warning: EtcdBackup/db/nightly: spec.retention: storage grows for ever [retention.none]&#10;./a b.yaml:3:1: unresolved: EtcdBackup/db/nightly: spec.clusterRef: no manifest has it [lookup.unavailable]</system-out>
                    </testcase>
                    <testcase name="EtcdRestore/db/back" classname="./a b.yaml" file="./a b.yaml" line="20"/>
                  </testsuite>
                  <testsuite name="broken.yaml" tests="1" failures="1" errors="0">
                    <testcase name="(file)" classname="broken.yaml" file="broken.yaml" line="1">
                      <failure message="did not find expected key�[2J" type="file.malformed">broken.yaml:2:4: error: did not find expected key\u{1B}[2J [file.malformed]</failure>
                    </testcase>
                  </testsuite>
                </testsuites>

                """#)
    }

    @Test func sarifIsWhatCodeScanningNeeds() throws {
        let sarif = Self.report.sarif()
        #expect(sarif["version"] == "2.1.0")
        guard case .array(let runs)? = sarif["runs"], let run = runs.first, runs.count == 1,
            case .array(let rules)? = run["tool"]?["driver"]?["rules"], case .array(let results)? = run["results"]
        else {
            Issue.record("no run with rules and results")
            return
        }
        #expect(run["tool"]?["driver"]?["name"] == "kubectl-etcdrecover")
        #expect(
            rules.map { $0["id"]?.string } == [
                "file.malformed", "lookup.unavailable", "prefix.slash", "retention.none",
            ])
        #expect(results.map { $0["level"] } == ["error", "warning", "note", "error"])
        for result in results {
            guard case .int(let index)? = result["ruleIndex"] else {
                Issue.record("a result without ruleIndex")
                continue
            }
            #expect(rules[Int(index)]["id"] == result["ruleId"])
        }
        #expect(
            results[0]["locations"] == [
                [
                    "physicalLocation": [
                        "artifactLocation": ["uri": "a%20b.yaml"], "region": ["startLine": 7, "startColumn": 5],
                    ],
                    "logicalLocations": [["fullyQualifiedName": "EtcdBackup/db/nightly: spec.destination.prefix"]],
                ]
            ])
        #expect(results[3]["message"]?["text"] == #"did not find expected key\u{1B}[2J"#)
    }

    @Test func anEmptyRunIsAReportToo() throws {
        let empty = ValidationReport()
        #expect(empty.rendered(as: .text).isEmpty)
        #expect(empty.rendered(as: .github).isEmpty)
        #expect(
            empty.rendered(as: .junit) == """
                <?xml version="1.0" encoding="UTF-8"?>
                <testsuites name="kubectl etcdrecover validate" tests="0" failures="0" errors="0">
                </testsuites>

                """)
        #expect(empty.json()["valid"] == true)
        #expect(empty.status(strict: false) == .success)
        #expect(empty.status(strict: true) == .failure)
    }
}
