import ClusterAccess
import Cryptography
import EtcdClient
import EtcdRecoverModel
import HTTP
import KubernetesClient
import Testing

@testable import Controllers
@testable import ObjectStore

struct FailureTests {
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
        (StoreError.notFound("s3://b/k"), "SnapshotNotFound", false),
        (StoreError.wrongSize("s3://b/k", expected: 2, actual: 1), "SnapshotCorrupt", false),
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
        let failure = Failure(error)
        #expect(failure.reason.rawValue == reason)
        #expect(failure.mayPass == mayPass)
        #expect(failure.message == "\(error)")
    }

    private func finding(_ rule: String, _ severity: Finding.Severity) -> Finding {
        Finding(RuleID(rawValue: rule), at: FieldPath("spec", "x"), severity, .invalid, "is wrong")
    }

    @Test func whatLacksAnObjectToReadLacksABucketToWrite() {
        let error = StoreError.notFound("s3://b/k")
        #expect(Failure(error).reason == .snapshotNotFound)
        #expect(Failure(ofUpload: error).reason == .bucketNotFound)
        let damaged = StoreError.damaged("s3://b/k", expected: "a", actual: "b")
        #expect(!Failure(damaged).mayPass)
        #expect(Failure(ofUpload: damaged).mayPass)
    }

    private func judged(_ findings: [Finding]) -> Failure? { Failure(findings, reason: BackupReconciler.reason) }

    @Test func whatTheRulesSayDecides() {
        #expect(judged([]) == nil)
        #expect(judged([finding("a", .warning)]) == nil)
        let refused = judged([finding("a", .error), finding("b", .unresolved)])
        #expect(refused == Failure(reason: .invalidSpec, message: "spec.x: is wrong", mayPass: false))
        let unasked = judged([finding("b", .unresolved)])
        #expect(unasked?.mayPass == true)
        #expect(judged([finding("backup.clusterRef.notFound", .error)])?.reason == .clusterNotFound)
        #expect(judged([finding("secret.notFound", .error)])?.reason == .credentialsMissing)
    }
}

/// The upload's SHA-256 is what a snapshot is checked by: its stream leaves that to the upload.
struct SnapshotCheckTests {
    private let endpoint = EtcdEndpoint("http://127.0.0.1:2379")

    @Test func aSnapshotEndsInItsSHA256() throws {
        let database = [UInt8](repeating: 1, count: 100)
        let digest = try Digest.sha256(database)
        let whole = try Digest.sha256(database + digest.bytes)
        let sound = UploadedBytes(count: 132, sha256: whole, trailer: digest.bytes, sha256BeforeTrailer: digest)
        try sound.checkSnapshot(of: endpoint)
        var damaged = sound
        damaged.trailer[0] ^= 1
        let error = SnapshotStreamError.digestMismatch(
            endpoint, announced: damaged.trailer.hexadecimal, actual: digest.description)
        #expect(throws: error) { try damaged.checkSnapshot(of: endpoint) }
        #expect(Failure(ofUpload: error).mayPass)
    }
}
