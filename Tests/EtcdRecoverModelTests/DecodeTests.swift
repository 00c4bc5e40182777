import FoundationEssentials
import Testing
import YAML

@testable import EtcdRecoverModel

@Suite struct DecodeTests {
    /// As documents for users have it.
    private static let manifest = """
        apiVersion: operator.etcd.io/v1alpha1
        kind: EtcdBackup
        metadata:
          name: nightly
          namespace: prod
        spec:
          clusterRef: main
          destination:
            provider: s3
            prefix: backups
            secretRef:
              name: s3
            s3:
              bucket: snapshots
              region: eu-central-1
          snapshotTimeout: 10m
          retention:
            retainCount: 7

        """

    private static func json(_ yaml: String) throws -> JSONValue {
        let document = try #require(YAMLParser.read(Array(yaml.utf8)).documents.first)
        return try JSONDecoder().decode(JSONValue.self, from: Data(document.jsonBytes()))
    }

    @Test func aManifestSurvivesBothWays() throws {
        let value = try Self.json(Self.manifest)
        let decoded = EtcdBackup.decode(value, unknownFields: .refuse)
        #expect(decoded.findings == [])
        #expect(value == Sample.backup)
        let encoded = try JSONDecoder().decode(JSONValue.self, from: JSONEncoder().encode(decoded.object))
        #expect(encoded == value)
    }

    @Test func theSpellingOfAScalarIsNamed() throws {
        let value = try Self.json(Self.manifest.replacing("namespace: prod", with: "labels: {spare: y}"))
        let decoded = EtcdBackup.decode(value, unknownFields: .refuse) { path in
            path.description == "metadata.labels.spare" ? "y" : nil
        }
        #expect(
            decoded.findings.map(\.line) == [
                #"error shape.type metadata.labels.spare: Invalid value: true: must be a string, not a boolean (YAML reads a plain y so): write "y", with the quotes"#
            ])
    }

    @Test func unknownFieldsPassWhereTheAPIServerHasDroppedThem() {
        let value = Sample.backup.setting(["spec.destination.prefx": "a"])
        #expect(EtcdBackup.decode(value, unknownFields: .ignore).findings == [])
    }

    @Test(arguments: [JSONValue.null, true, 5, "text", [], [:]])
    func anythingAtAllDecodes(_ value: JSONValue) {
        let decoded = EtcdBackup.decode(value, unknownFields: .refuse)
        #expect(decoded.object.spec == nil)
        #expect(decoded.findings.contains { $0.severity == .error })
    }

    /// Puts a value of every other type into each field in turn: decoding must go on, and say it once.
    @Test func aWrongTypeAnywhereIsToldOnceAndNothingElseIsLost() async throws {
        let wrong: [JSONValue] = [true, 5, .double(1.5), "text", [], ["x"], [:], ["x": 1]]
        for path in [
            "spec", "spec.clusterRef", "spec.destination", "spec.destination.provider",
            "spec.destination.secretRef", "spec.destination.secretRef.name", "spec.destination.s3",
            "spec.destination.s3.bucket", "spec.destination.s3.forcePathStyle", "spec.retention",
            "spec.retention.retainCount", "status", "status.conditions", "metadata.labels", "metadata.finalizers",
            "metadata.ownerReferences", "metadata.generation",
        ] {
            for value in wrong {
                let decoded = EtcdBackup.decode(Sample.backup.setting(["\(path)": value]), unknownFields: .ignore)
                let shape = decoded.findings.filter {
                    $0.rule == ShapeRules.wrongType.id && $0.path.description == path
                }
                #expect(shape.count <= 1)
                #expect(decoded.object.metadata.name == "nightly")
                if shape.count == 1 {
                    let rest = decoded.pureFindings().filter { $0.path.description.hasPrefix(path) }
                    #expect(rest.count == 1, "\(path) \(value) \(rest)")
                }
            }
        }
    }

    @Test(
        arguments: [
            ("prefx", "prefix"), ("Prefix", "prefix"), ("secretref", "secretRef"), ("secertRef", "secretRef"),
            ("S3", "s3"),
            ("gsc", "gcs"), ("buckets", nil), ("", nil), ("x", nil),
        ] as [(String, String?)])
    func suggestsOnlyWhatIsNear(_ name: String, suggestion: String?) {
        #expect(nearestName(to: name, among: ["provider", "prefix", "secretRef", "s3", "gcs"]) == suggestion)
    }
}
