import FoundationEssentials
import HTTP
import Testing

@testable import ObjectStore

struct S3StepTests {
    private static let now = Date(timeIntervalSince1970: 1_700_000_000)
    private static let policy = RetryPolicy(attempts: 3, initial: .seconds(1), limit: .seconds(10))

    private func step(_ outcome: S3Outcome, _ corrections: S3Corrections = S3Corrections()) -> S3Step {
        S3Step.next(
            outcome, corrections, region: "us-east-1", now: Self.now, policy: Self.policy, jitter: 0)
    }

    @Test(arguments: [
        (S3Answer(status: 200), S3Step.accept), (S3Answer(status: 204), .accept),
        (S3Answer(status: 200, code: "InternalError"), .retry(after: .seconds(1))),
        (S3Answer(status: 200, code: "AccessDenied"), .giveUp),
        (S3Answer(status: 500, code: "InternalError"), .retry(after: .seconds(1))),
        (S3Answer(status: 503, code: "SlowDown"), .retry(after: .seconds(1))),
        (S3Answer(status: 404, code: "NoSuchKey"), .giveUp), (S3Answer(status: 403, code: "AccessDenied"), .giveUp),
        (S3Answer(status: 409, code: "OperationAborted"), .giveUp), (S3Answer(status: 412), .giveUp),
        (S3Answer(status: 301, region: "eu-west-1"), .move(toRegion: "eu-west-1")),
        (S3Answer(status: 307, region: "eu-west-1"), .move(toRegion: "eu-west-1")),
        (S3Answer(status: 301, region: "us-east-1"), .giveUp), (S3Answer(status: 301), .giveUp),
        (
            S3Answer(status: 400, code: "AuthorizationHeaderMalformed", region: "eu-west-1"),
            .move(toRegion: "eu-west-1")
        ),
        (S3Answer(status: 400, region: "eu-west-1"), .move(toRegion: "eu-west-1")),
        (S3Answer(status: 400, code: "ExpiredToken"), .renewCredentials),
        (S3Answer(status: 403, code: "InvalidAccessKeyId"), .renewCredentials),
        (S3Answer(status: 403), .renewCredentials),
        (
            S3Answer(status: 403, code: "RequestTimeTooSkewed", date: now.addingTimeInterval(3600)), .correctClock(3600)
        ),
        // What a HEAD says of the same.
        (S3Answer(status: 403, date: now.addingTimeInterval(-3600)), .correctClock(-3600)),
        (
            S3Answer(
                status: 400, code: "InvalidRequest", message: "Content-MD5 OR x-amz-checksum- HTTP header is required"),
            .addContentMD5
        ),
    ])
    func decides(_ answer: S3Answer, _ expected: S3Step) {
        #expect(step(.answered(answer)) == expected)
    }

    @Test func correctsEachThingOnce() {
        var done = S3Corrections()
        done.hasMoved = true
        done.hasCorrectedClock = true
        done.renewals = 2
        done.hasAddedMD5 = true
        for answer in [
            S3Answer(status: 301, region: "eu-west-1"), S3Answer(status: 400, code: "ExpiredToken"),
            S3Answer(status: 403),
            S3Answer(status: 403, code: "RequestTimeTooSkewed", date: Self.now),
            S3Answer(status: 400, code: "MissingContentMD5"),
        ] {
            #expect(step(.answered(answer), done) == .giveUp)
        }
    }

    @Test func backsOffAndGivesUp() {
        func after(_ attempt: Int) -> S3Step {
            var corrections = S3Corrections()
            corrections.attempt = attempt
            return step(.failed(.connectionLost(endpoint: "x", bytesReceived: 0)), corrections)
        }
        #expect([after(1), after(2), after(3)] == [.retry(after: .seconds(1)), .retry(after: .seconds(2)), .giveUp])
        #expect(step(.failed(.tls(endpoint: "x", .expired))) == .giveUp)
    }

    @Test func waitsAsLongAsTheStoreAsksUpToAMinute() {
        var answer = S3Answer(status: 503, code: "SlowDown")
        answer.retryAfter = .seconds(7)
        #expect(step(.answered(answer)) == .retry(after: .seconds(7)))
        answer.retryAfter = .seconds(3600)
        #expect(step(.answered(answer)) == .retry(after: .seconds(60)))
    }

    @Test func jitterShortensByUpToHalf() {
        let policy = RetryPolicy(attempts: 20, initial: .seconds(1), limit: .seconds(8))
        #expect(policy.pause(after: 3, jitter: 0) == .seconds(4))
        #expect(policy.pause(after: 3, jitter: 1) == .seconds(2))
        #expect(policy.pause(after: 10, jitter: 0) == .seconds(8))
        #expect(policy.pause(after: 20, jitter: 0) == nil)
    }
}

struct S3LocationTests {
    @Test(arguments: [
        (S3Location(bucket: "b"), "https://b.s3.us-east-1.amazonaws.com/a/k%20%2B"),
        (S3Location(bucket: "b.c"), "https://s3.us-east-1.amazonaws.com/b.c/a/k%20%2B"),
        (S3Location(bucket: "b", usesPathStyle: true), "https://s3.us-east-1.amazonaws.com/b/a/k%20%2B"),
        (S3Location(bucket: "b", endpoint: "http://minio:9000/"), "http://minio:9000/b/a/k%20%2B"),
        (S3Location(bucket: "b", endpoint: "https://Store.example:443/s3"), "https://store.example/s3/b/a/k%20%2B"),
        (
            S3Location(bucket: "b", endpoint: "https://store.example", usesPathStyle: false),
            "https://b.store.example/a/k%20%2B"
        ),
        (
            S3Location(bucket: "b", endpoint: "https://s3.dualstack.eu-west-1.amazonaws.com"),
            "https://b.s3.dualstack.eu-west-1.amazonaws.com/a/k%20%2B"
        ),
    ])
    func leadsTo(_ location: S3Location, _ url: String) throws {
        #expect(try location.target(key: "a/k +", region: "us-east-1").url("") == url)
    }

    @Test func chinaHasADomainOfItsOwn() throws {
        #expect(
            try S3Location(bucket: "b").target(key: "", region: "cn-north-1").url("uploads=")
                == "https://b.s3.cn-north-1.amazonaws.com.cn/?uploads=")
    }

    @Test(arguments: ["minio:9000", "ftp://x", "http://", "http://user@x", "http://x?y", "http://x y", "http://x#y"])
    func refusesEndpoint(_ endpoint: String) {
        #expect(throws: StoreError.self) {
            try S3Location(bucket: "b", endpoint: endpoint).target(key: "k", region: "us-east-1")
        }
    }

    @Test(arguments: [
        ("b.s3.eu-west-1.amazonaws.com", "eu-west-1"), ("b.s3-eu-west-1.amazonaws.com", "eu-west-1"),
        ("s3.eu-west-1.amazonaws.com", "eu-west-1"), ("b.s3.amazonaws.com", nil), ("s3.eu-west-1.evil.com", nil),
        ("s3.eu-west-1.amazonaws.com.evil.com", nil), ("eu-west-1.evilamazonaws.com", nil),
    ])
    func findsTheRegionOf(_ host: String, _ region: String?) {
        #expect(S3Location.region(inHost: host) == region)
    }
}

struct PartLayoutTests {
    /// 10,000 parts hold 5 TiB, none is smaller than 5 MiB or larger than 5 GiB, and each carries the mark.
    @Test(arguments: [nil, 0, 1 << 30, 80 << 30, 500 << 30, 5 << 40] as [Int64?])
    func tenThousandPartsSuffice(_ length: Int64?) {
        let layout = PartLayout.s3(forBytes: length, mark: S3Backend.partMark)
        let sizes = (1...10_000).map { layout.size(ofPart: $0) }
        #expect(sizes.reduce(0) { $0 + Int64($1) } >= length ?? PartLayout.largestObject)
        #expect(sizes.allSatisfy { $0 >= 5 << 20 && $0 <= 5 << 30 && $0 % (64 << 10) == S3Backend.partMark })
        // Some stores want all parts but the last equal.
        if let length, let first = sizes.first {
            let announced = min(10_000, Int(length / Int64(first)) + 1)
            #expect(Set(sizes.prefix(announced)).count == 1)
        }
    }

    @Test(arguments: [nil, 1 << 30, 80 << 30, 500 << 30, 5 << 40] as [Int64?])
    func memoryHoldsAFewPartsOnly(_ length: Int64?) {
        let layout = PartLayout.s3(forBytes: length, mark: S3Backend.partMark)
        for number in 1...10_000 {
            let size = layout.size(ofPart: number)
            guard size <= layout.memoryLimit else { continue }
            #expect((layout.inFlight(atPart: number) + 1) * size <= 50 << 20)
        }
    }

    /// A source that gives more than was announced still fits.
    @Test(arguments: [-1, 0, 1, 1 << 30, .max] as [Int64])
    func aWrongLengthDoesNoHarm(_ length: Int64) {
        let layout = PartLayout.s3(forBytes: length, mark: S3Backend.partMark)
        let total = (1...10_000).reduce(Int64(0)) { $0 + Int64(layout.size(ofPart: $1)) }
        #expect(total >= PartLayout.largestObject)
    }

    @Test func partsOf8MiBUpTo39GiB() {
        let layout = PartLayout.s3(forBytes: nil, mark: 0)
        #expect(layout.size(ofPart: 5_000) == 8 << 20)
        #expect(layout.size(ofPart: 5_001) == 16 << 20)
        #expect(layout.size(ofPart: 10_000) == 4 << 30)
        #expect(PartLayout.s3(forBytes: 70 << 30, mark: 0).size(ofPart: 1) == 8 << 20)
    }
}

struct PacerTests {
    @Test func keepsThePace() {
        var pacer = Pacer(bytesPerSecond: 1000)
        #expect(pacer.delay(after: 100, at: .zero) == .milliseconds(100))
        #expect(pacer.delay(after: 400, at: .zero) == .milliseconds(500))
        #expect(pacer.delay(after: 500, at: .milliseconds(500)) == .milliseconds(500))
        // A pause is not made up for by more than a quarter of a second's worth.
        #expect(pacer.delay(after: 1000, at: .seconds(100)) == .milliseconds(750))
    }
}
