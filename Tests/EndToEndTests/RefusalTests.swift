import EtcdRecoverModel
import FoundationEssentials
import TestSupport
import Testing

extension EndToEnd.Installed {
    @Suite struct Refusals {
        /// What `kubectl apply` prints and what `validate` prints offline are the same sentences.
        @Test(arguments: BadManifest.all)
        func `kubectl apply prints every problem with its path, in the words of validate`(_ bad: BadManifest)
            async throws
        {
            try await Kubectl.withPreparedNamespace { kubectl in
                let offline = try await kubectl.plugin.run("validate", "-f", "-", "-o", "json", input: bad.yaml)
                #expect(offline.status == 1)
                let report = try JSONDecoder().decode(Report.self, from: Data(offline.output.utf8))
                let errors = report.findings.filter { $0.severity == "error" }
                #expect(errors.map(\.path) == bad.paths)

                let applied = try await kubectl.run("apply", "-f", "-", input: bad.yaml)
                #expect(applied.status == 1)
                for error in errors {
                    #expect(applied.errors.contains("\(error.path): \(error.message)"), "\(applied.errors)")
                }
                let stored = try await kubectl.output("get", "etcdbackups,etcdrestores", "-o", "name")
                #expect(stored == "")
            }
        }

        @Test func `the denial is Kubernetes' own kind of answer`() async throws {
            try await Kubectl.withPreparedNamespace { kubectl in
                let body = """
                    {"apiVersion": "operator.etcd.io/v1alpha1", "kind": "EtcdBackup", "metadata": {"name": "bad"},
                     "spec": {"clusterRef": "main", "destination": {"provider": "s3", "s3": {"bucket": "UPPER"}}}}
                    """
                // -v=8 has kubectl show the body of the answer.
                let applied = try await kubectl.run("create", "-v=8", "--validate=false", "-f", "-", input: body)
                #expect(applied.status == 1)
                for part in [
                    "\"code\":422", "\"reason\":\"Invalid\"", "\"field\":\"spec.destination.s3.bucket\"",
                    "\"reason\":\"FieldValueInvalid\"",
                ] {
                    #expect(applied.errors.contains(part), "\(part) in \(applied.errors)")
                }
            }
        }

        @Test func `wrong types are refused with their paths, all of them`() async throws {
            try await Kubectl.withPreparedNamespace { kubectl in
                let yaml = """
                    apiVersion: operator.etcd.io/v1alpha1
                    kind: EtcdBackup
                    metadata: {name: bad}
                    spec:
                      clusterRef: 5
                      destination: {provider: s3, s3: {bucket: [a]}}
                      retention: {retainCount: many}
                    """
                let applied = try await kubectl.run("apply", "--validate=false", "-f", "-", input: yaml)
                #expect(applied.status == 1)
                for path in ["spec.clusterRef", "spec.destination.s3.bucket", "spec.retention.retainCount"] {
                    #expect(applied.errors.contains("* \(path): "), "\(path) in \(applied.errors)")
                }
            }
        }
    }
}

/// The part of `validate -o json` that these tests read.
struct Report: Decodable {
    struct Finding: Decodable {
        var severity: String
        var path: String
        var message: String
    }

    var findings: [Finding]
}
