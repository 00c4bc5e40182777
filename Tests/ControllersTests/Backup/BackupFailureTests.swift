import ClusterAccess
import EtcdClient
import EtcdRecoverModel
import HTTP
import KubernetesClient
import ObjectStore
import Testing

@testable import Controllers

struct BackupFailureTests {
    private static let endpoint = EtcdEndpoint("https://a:2379")
    private static func etcd(_ reason: EtcdError.Reason) -> EtcdError {
        EtcdError(endpoint: endpoint, call: "Snapshot", reason: reason)
    }
    private static let down = etcd(.transport(.cannotConnect(endpoint: "a:2379")))
    private static let denied = etcd(.transport(.tls(endpoint: "a:2379", .clientCertificateRefused)))

    @Test(arguments: [
        (StoreError.denied("s3://b/k", .put, reason: "403") as any Error, "StoreAccessDenied", false),
        (StoreError.noBucket("s3://b/k"), "BucketNotFound", false),
        (StoreError.noCredentials(reason: "gone"), "CredentialsMissing", false),
        (StoreError.exists("s3://b/k"), "ObjectExists", false),
        (StoreError.sourceTooSlow("s3://b/k", limit: .seconds(1)), "SnapshotTimeout", false),
        (StoreError.outcomeUnknown("s3://b/k", reason: "lost"), "StoreUnreachable", true),
        (StoreError.refused("s3://b/k", .put, status: 503, code: "SlowDown", message: ""), "StoreRefused", true),
        (StoreError.refused("s3://b/k", .put, status: 400, code: "Bad", message: ""), "StoreRefused", false),
        (down, "MembersUnreachable", true),
        (denied, "EtcdAccessDenied", false),
        (NoEndpointAnswered(failures: [down, down]), "MembersUnreachable", true),
        (NoEndpointAnswered(failures: [down, denied]), "EtcdAccessDenied", false),
        (SnapshotStreamError.noDigest(endpoint), "SnapshotFailed", true),
        (LocationFailure.notFound(.etcdCluster("a"), namespace: "n"), "ClusterNotFound", false),
        (LocationFailure.noPods(.etcdCluster("a"), namespace: "n"), "MembersUnreachable", true),
        (LocationFailure.noSecret("s", namespace: "n"), "CredentialsMissing", false),
        (KubernetesError.timedOut(request: "GET", after: .seconds(1), last: nil), "KubernetesUnavailable", true),
    ])
    func failuresAreToldApart(_ error: any Error, reason: String, mayPass: Bool) {
        let failure = BackupFailure(error)
        #expect(failure.reason.rawValue == reason)
        #expect(failure.mayPass == mayPass)
        #expect(failure.message == "\(error)")
    }

    private func finding(_ rule: String, _ severity: Finding.Severity) -> Finding {
        Finding(RuleID(rawValue: rule), at: FieldPath("spec", "x"), severity, .invalid, "is wrong")
    }

    @Test func whatTheRulesSayDecides() {
        #expect(BackupFailure([]) == nil)
        #expect(BackupFailure([finding("a", .warning)]) == nil)
        let refused = BackupFailure([finding("a", .error), finding("b", .unresolved)])
        #expect(refused == BackupFailure(reason: .invalidSpec, message: "spec.x: is wrong", mayPass: false))
        let unasked = BackupFailure([finding("b", .unresolved)])
        #expect(unasked?.mayPass == true)
        #expect(BackupFailure([finding("backup.clusterRef.notFound", .error)])?.reason == .clusterNotFound)
        #expect(BackupFailure([finding("secret.notFound", .error)])?.reason == .credentialsMissing)
    }
}
