import EtcdRecoverModel
import Testing

@testable import Admission

struct DenialTests {
    static let kind = GroupVersionKind(of: EtcdBackup.self)

    static func finding(_ rule: String, _ path: FieldPath, _ message: String) -> Finding {
        Finding(RuleID(rawValue: rule), at: path, .error, .invalid, message)
    }

    @Test
    func oneProblemReadsAsTheAPIServerWouldSayIt() {
        let status = Status.invalid(
            Self.kind, name: "x", [Self.finding("r", FieldPath("spec", "clusterRef"), "is odd")])
        #expect(
            status
                == Status(
                    status: "Failure", message: #"EtcdBackup.operator.etcd.io "x" is invalid: spec.clusterRef: is odd"#,
                    reason: "Invalid",
                    details: .init(
                        name: "x", group: "operator.etcd.io", kind: "EtcdBackup",
                        causes: [.init(reason: .invalid, message: "is odd", field: "spec.clusterRef")]),
                    code: 422))
    }

    @Test
    func severalProblemsStandInOneList() {
        let status = Status.invalid(
            Self.kind, name: "x",
            [Self.finding("r", FieldPath("spec", "a"), "is odd"), Self.finding("q", FieldPath("spec", "b"), "is even")])
        #expect(status.message == #"EtcdBackup.operator.etcd.io "x" is invalid: [spec.a: is odd, spec.b: is even]"#)
        #expect(status.details?.causes?.map(\.field) == ["spec.a", "spec.b"])
    }

    @Test
    func aFloodOfProblemsIsCutAndCounted() {
        let findings = (0..<250).map { Self.finding("r", FieldPath("status")[$0], "is odd") }
        let causes = Status.invalid(Self.kind, name: "x", findings).details?.causes
        #expect(causes?.count == 101)
        #expect(causes?.last == .init(reason: .invalid, message: "and 150 more problems", field: "metadata"))
    }

    @Test
    func warningsFitIntoHeaders() {
        let long = String(repeating: "é", count: 400)
        let warnings = (0..<30).map { _ in
            Finding(RuleID(rawValue: "r"), at: FieldPath("spec"), .warning, .invalid, "a\n\(long)")
        }
        let texts = warningTexts(warnings)
        #expect(texts[0] == "spec: a " + String(repeating: "é", count: 247) + "…")
        #expect(texts.allSatisfy { $0.unicodeScalars.count <= 256 })
        #expect(texts.reduce(0) { $0 + $1.unicodeScalars.count } == 4096)
    }
}
