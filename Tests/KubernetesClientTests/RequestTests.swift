import EtcdRecoverModel
import FoundationEssentials
import HTTP
import Testing

@testable import KubernetesClient

@Suite struct RequestTests {
    @Test func addressesObjectsAsTheAPIDoes() throws {
        #expect(try ResourcePath.collection(Secret.self, namespace: nil) == "/api/v1/secrets")
        #expect(
            try ResourcePath.object(
                EtcdBackup.self, name: "a", namespace: "ns", subresource: "status")
                == "/apis/operator.etcd.io/v1alpha1/namespaces/ns/etcdbackups/a/status")
        #expect(
            try ResourcePath.object(Pod.self, name: "a?b c%", namespace: "n#s")
                == "/api/v1/namespaces/n%23s/pods/a%3Fb%20c%25")
        #expect(ResourcePath.query([("labelSelector", "a=b,c"), ("x", "ü")]) == "?labelSelector=a%3Db%2Cc&x=%C3%BC")
    }

    @Test(arguments: ["", ".", "..", "a/b"])
    func refusesNamesThatAddressSomethingElse(_ name: String) {
        #expect(throws: KubernetesError.invalidRequest("\"\(name)\" is not a name that a Pod can have")) {
            try ResourcePath.object(Pod.self, name: name, namespace: "ns")
        }
        #expect(throws: KubernetesError.invalidRequest("\"\(name)\" is not a namespace that a Pod can have")) {
            try ResourcePath.object(Pod.self, name: "a", namespace: name)
        }
    }

    @Test(arguments: [
        ("https://h:1/", "https://h:1"), ("HTTP://h//", "http://h"), ("h", "https://h"), ("h:8443", "https://h:8443"),
        ("https://[::1]:6443/k8s/c", "https://[::1]:6443/k8s/c"),
    ])
    func readsServerURLs(_ text: String, _ url: String) throws {
        #expect(try ServerURL.normalized(text) == url)
    }

    @Test(arguments: ["", "https://", "https://:6443", "https://u@h", "unix:///x", "https://h?a", "https://h h"])
    func refusesOtherServerURLs(_ text: String) {
        #expect(throws: KubeconfigError.self) { try ServerURL.normalized(text) }
    }

    private static let lost = RetryPolicy.Outcome.failed(.connectionLost(endpoint: "h:1", bytesReceived: 0))

    @Test(arguments: [
        (RetryPolicy.Outcome.answered(code: 429, retryAfter: .seconds(2)), false, Duration.seconds(2)),
        (.answered(code: 503, retryAfter: .seconds(1)), false, .seconds(1)),
        (.answered(code: 429, retryAfter: nil), true, .milliseconds(100)),
        (.answered(code: 502, retryAfter: nil), true, .milliseconds(100)),
        (lost, true, .milliseconds(100)),
    ])
    func triesAgain(_ outcome: RetryPolicy.Outcome, _ isRepeatable: Bool, _ pause: Duration) {
        #expect(
            RetryPolicy.pause(
                after: outcome, attempt: 1, isRepeatable: isRepeatable, remaining: .seconds(30), jitter: 0) == pause)
    }

    @Test(arguments: [
        (RetryPolicy.Outcome.answered(code: 429, retryAfter: nil), false, 1, Duration.seconds(30)),
        (.answered(code: 503, retryAfter: nil), false, 1, .seconds(30)),
        (.answered(code: 500, retryAfter: nil), true, 1, .seconds(30)),
        (.answered(code: 500, retryAfter: .seconds(1)), true, 1, .seconds(30)),
        (.answered(code: 409, retryAfter: nil), true, 1, .seconds(30)),
        (lost, false, 1, .seconds(30)),
        (lost, true, RetryPolicy.attempts, .seconds(30)),
        (.answered(code: 429, retryAfter: .seconds(31)), true, 1, .seconds(30)),
        (.failed(.cannotConnect(endpoint: "h:1")), true, 1, .seconds(30)),
        (.failed(.tls(endpoint: "h:1", .expired)), true, 1, .seconds(30)),
    ])
    func givesUp(_ outcome: RetryPolicy.Outcome, _ isRepeatable: Bool, _ attempt: Int, _ remaining: Duration) {
        #expect(
            RetryPolicy.pause(
                after: outcome, attempt: attempt, isRepeatable: isRepeatable, remaining: remaining, jitter: 0) == nil)
    }

    @Test func doublesPausesUpToALimitAndSpreadsThem() {
        let backoff = Backoff(initial: .seconds(1), limit: .seconds(6))
        #expect((1...5).map { backoff.pause(attempt: $0, jitter: 0) } == [1, 2, 4, 6, 6].map { .seconds($0) })
        #expect(backoff.pause(attempt: 2, jitter: 1) == .seconds(1))
        #expect(backoff.pause(attempt: 1_000, jitter: 0) == .seconds(6))
    }

    @Test func writesMicrosecondsAsTheAPIDemands() {
        #expect(MicroTimestamp(Date(timeIntervalSince1970: 1_700_000_000.25)).rawValue == "2023-11-14T22:13:20.250000Z")
        #expect(MicroTimestamp(Date(timeIntervalSince1970: 1.000_001)).rawValue == "1970-01-01T00:00:01.000001Z")
        #expect(MicroTimestamp(rawValue: "1970-01-01T00:00:01.500000Z").date == Date(timeIntervalSince1970: 1.5))
    }
}
