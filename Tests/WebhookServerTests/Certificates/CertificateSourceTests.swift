import Cryptography
import FoundationEssentials
import Glibc
import Logging
import Synchronization
import Testing

@testable import WebhookServer

/// Keeps what is logged, as "level: message".
final class RecordedLog: Sendable {
    let lines = Mutex<[String]>([])

    var logger: Logger { Logger(label: "test") { _ in Handler(log: self) } }
    var all: [String] { lines.withLock { $0 } }

    private struct Handler: LogHandler {
        let log: RecordedLog
        var metadata: Logger.Metadata = [:]
        var logLevel: Logger.Level = .trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            log.lines.withLock { $0.append("\(event.level): \(event.message)") }
        }
    }
}

/// A Secret volume as kubelet lays it: files that link into `..data`, which links to the current directory.
final class SecretVolume {
    let path: String

    init() throws {
        var template = Array("/tmp/secret-volume-XXXXXX".utf8CString)
        path = String(cString: try #require(mkdtemp(&template)))
        for name in ["tls.crt", "tls.key"] { try #require(symlink("..data/\(name)", "\(path)/\(name)") == 0) }
    }

    deinit { _ = system("rm -rf '\(path)'") }

    /// All files change at once, by one rename.
    func swap(to data: [String: [UInt8]], generation: Int) throws {
        let directory = "..generation-\(generation)"
        try #require(mkdir("\(path)/\(directory)", 0o700) == 0)
        for (name, bytes) in data {
            try Data(bytes).write(to: URL(filePath: "\(path)/\(directory)/\(name)"))
        }
        try #require(symlink(directory, "\(path)/..new") == 0)
        try #require(rename("\(path)/..new", "\(path)/..data") == 0)
    }
}

struct FileCertificatesTests {
    let authority: CertificateAuthority
    let serving = ServingCertificates()
    let log = RecordedLog()

    init() throws { authority = try .made() }

    func source(_ volume: SecretVolume, at now: Date = epoch + day) -> FileCertificates {
        FileCertificates(
            certificatePath: "\(volume.path)/tls.crt", keyPath: "\(volume.path)/tls.key", serving: serving,
            clocks: Clocks(now: { now }, uptime: { .zero }, sleep: { _ in }), logger: log.logger)
    }

    @Test func followsTheVolumeFromOnePairToTheNext() throws {
        let volume = try SecretVolume()
        var intake = CertificateIntake(source: "volume", serving: serving, logger: log.logger)
        for generation in 1...3 {
            let pair = try SecretFixture().leaf(by: authority)
            try volume.swap(to: pair.data, generation: generation)
            try source(volume).look(&intake)
            try source(volume).look(&intake)
            #expect(serving.current?.generation == UInt64(generation))
            #expect(serving.current?.identity == pair.state.leaf)
        }
        #expect(log.all == Array(repeating: "notice: serving a new certificate", count: 3))
    }

    @Test func keepsThePairThatWorksWhenTheNextDoesNot() throws {
        let volume = try SecretVolume()
        var intake = CertificateIntake(source: "volume", serving: serving, logger: log.logger)
        let good = try SecretFixture().leaf(by: authority)
        let other = try SecretFixture().leaf(by: authority)
        try volume.swap(to: good.data, generation: 1)
        try source(volume).look(&intake)
        var broken = good.data
        broken["tls.key"] = other.data["tls.key"]
        try volume.swap(to: broken, generation: 2)
        for _ in 0..<3 { try source(volume).look(&intake) }
        let expired = try SecretFixture().leaf(by: .made(at: epoch - day * 100), at: epoch - day * 100)
        try volume.swap(to: expired.data, generation: 3)
        try source(volume).look(&intake)
        #expect(serving.current?.generation == 1)
        #expect(serving.current?.identity == good.state.leaf)
        #expect(
            log.all.dropFirst() == [
                "error: certificate in volume cannot be used, the former one is served on: "
                    + "serving certificate (CN=webhook) does not belong to the private key",
                "error: certificate in volume cannot be used, the former one is served on: "
                    + "CN=webhook expired at 2027-01-05T08:00:00Z",
            ])
        try volume.swap(to: other.data, generation: 4)
        try source(volume).look(&intake)
        #expect(serving.current?.identity == other.state.leaf)
    }

    @Test func aPairThatHasExpiredIsBetterThanNone() throws {
        let volume = try SecretVolume()
        var intake = CertificateIntake(source: "volume", serving: serving, logger: log.logger)
        try volume.swap(to: SecretFixture().leaf(by: authority).data, generation: 1)
        try source(volume, at: epoch + day * 91).look(&intake)
        #expect(serving.current != nil)
        #expect(
            log.all.first
                == "error: certificate in volume expired at 2027-04-15T08:00:00Z; serving it, there is no other")
    }

    @Test func saysWhenRenewalIsLate() throws {
        let volume = try SecretVolume()
        var intake = CertificateIntake(source: "volume", serving: serving, logger: log.logger)
        try volume.swap(to: SecretFixture().leaf(by: authority).data, generation: 1)
        for days in [1, 74, 76, 77, 90, 91] { try source(volume, at: epoch + day * days).look(&intake) }
        #expect(
            log.all.dropFirst() == [
                "warning: certificate in volume expires at 2027-04-15T08:00:00Z and has not been renewed",
                "error: certificate in volume expired at 2027-04-15T08:00:00Z; API servers refuse it",
            ])
    }

    @Test func saysWhatItCannotRead() throws {
        let volume = try SecretVolume()
        var intake = CertificateIntake(source: "volume", serving: serving, logger: log.logger)
        #expect(throws: FileReadingError(path: "\(volume.path)/tls.crt", reason: "No such file or directory")) {
            try source(volume).look(&intake)
        }
        try volume.swap(to: ["tls.crt": [UInt8](repeating: 0x61, count: (1 << 20) + 1)], generation: 1)
        #expect(
            throws: FileReadingError(
                path: "\(volume.path)/tls.crt", reason: "is larger than the 1048576 bytes allowed")
        ) { try source(volume).look(&intake) }
    }

    @Test func aLeafBehindItsIntermediateIsPointedOut() throws {
        let leaf = try SecretFixture().leaf(by: authority)
        let chain = Array(try authority.certificate.pem().utf8) + (leaf.data["tls.crt"] ?? [])
        let error = #expect(throws: CryptographyError.self) {
            try ServingIdentity(chainPEM: chain, keyPEM: leaf.data["tls.key"] ?? [])
        }
        #expect(
            error?.description
                == "serving certificate must come first in its chain, and the one of this key is number 2")
    }

    @Test(.timeLimit(.minutes(1))) func runsUntilItIsCancelled() async throws {
        let volume = try SecretVolume()
        try volume.swap(to: SecretFixture().leaf(by: authority, at: .now).data, generation: 1)
        let source = FileCertificates(
            certificatePath: "\(volume.path)/tls.crt", keyPath: "\(volume.path)/tls.key", serving: serving,
            interval: .milliseconds(5), logger: log.logger)
        try await withThrowingTaskGroup { group in
            group.addTask { try await source.run() }
            while serving.current == nil { try await Task.sleep(for: .milliseconds(2)) }
            group.cancelAll()
            try await group.waitForAll()
        }
    }
}

@Suite(.timeLimit(.minutes(1)))
struct CertificateServicesTests {
    @Test func aSecretOfSomebodyElseIsFollowed() async throws {
        let authority = try CertificateAuthority.made(at: .now)
        let cluster = SimulatedCluster()
        let serving = ServingCertificates()
        let log = RecordedLog()
        let source = SecretCertificates(
            name: "etcdrecover/webhook-tls", store: ClusterConnection(cluster: cluster), serving: serving,
            interval: .milliseconds(5), logger: log.logger)
        try await withThrowingTaskGroup { group in
            group.addTask { try await source.run() }
            for generation in 1...3 {
                cluster.setSecret(try SecretFixture().leaf(by: authority, at: .now).data)
                while serving.current?.generation != UInt64(generation) {
                    try await Task.sleep(for: .milliseconds(2))
                }
            }
            group.cancelAll()
            try await group.waitForAll()
        }
    }

    /// Many replicas meet in an empty Secret, in real time and at once.
    @Test func replicasAgreeOnOneAuthority() async throws {
        let cluster = SimulatedCluster()
        let policy = try CertificatePolicy.standard()
        let all = (0..<8).map { _ in ServingCertificates() }
        let log = RecordedLog()
        let connection = ClusterConnection(cluster: cluster) {
            try await Task.sleep(for: .microseconds(Int.random(in: 0..<2_000)))
        }
        try await withThrowingTaskGroup { group in
            for serving in all {
                group.addTask {
                    let system = Clocks.system()
                    try await SelfManagedCertificates(
                        store: connection, publisher: connection, serving: serving, policy: policy,
                        clocks: Clocks(
                            now: system.now, uptime: system.uptime,
                            sleep: { _ in try await Task.sleep(for: .milliseconds(10)) }), logger: log.logger
                    ).run()
                }
            }
            while all.contains(where: { $0.current == nil }) { try await Task.sleep(for: .milliseconds(5)) }
            group.cancelAll()
            try await group.waitForAll()
        }
        let contents = cluster.snapshot
        #expect(contents.authorities.count == 1)
        #expect(contents.leaves == 1)
        #expect(contents.conflicts > 0)
        #expect(Set(all.map { $0.current?.identity.leaf.fingerprint }).count == 1)
        #expect(!log.all.joined().contains("PRIVATE KEY"))
    }

    @Test func anAPIThatIsDownLeavesWhatIsServed() async throws {
        struct Down: Error, CustomStringConvertible { var description: String { "connection refused" } }
        let cluster = SimulatedCluster()
        let serving = ServingCertificates()
        let identity = try #require(SecretFixture().leaf(by: .made(at: .now), at: .now).state.leaf)
        serving.serve(identity)
        let log = RecordedLog()
        let connection = ClusterConnection(cluster: cluster) { throw Down() }
        let service = SelfManagedCertificates(
            store: connection, publisher: connection, serving: serving, policy: try .standard(), logger: log.logger)
        try await withThrowingTaskGroup { group in
            group.addTask { try await service.run() }
            while log.all.isEmpty { try await Task.sleep(for: .milliseconds(2)) }
            group.cancelAll()
            try await group.waitForAll()
        }
        #expect(log.all == ["error: certificates were not checked; what is served stays: connection refused"])
        #expect(serving.current?.identity == identity)
    }
}

struct CertificatePolicyTests {
    @Test(arguments: [
        (
            Duration.seconds(86_400), Duration.seconds(86_401), Duration.zero,
            "CA lifetime must not be below that of serving certificates (86401.0 seconds), not 86400.0 seconds"
        ),
        (.seconds(86_400), .seconds(9), .zero, "serving certificate lifetime must be at least 10 s, not 9.0 seconds"),
        (
            .seconds(60), .seconds(20), .seconds(11),
            "settle time must be 0 s to a sixth of the CA lifetime (10.0 seconds), not 11.0 seconds"
        ),
    ])
    func refuses(_ authority: Duration, _ leaf: Duration, _ settle: Duration, message: String) {
        let error = #expect(throws: CryptographyError.self) {
            try CertificatePolicy(
                names: [.dns("a")], authorityLifetime: authority, leafLifetime: leaf, settle: settle)
        }
        #expect(error?.description == message)
    }

    @Test func looksMoreOftenWhereLifetimesAreShort() throws {
        #expect(try CertificatePolicy.standard().interval == .seconds(10))
        let short = try CertificatePolicy(
            names: [.dns("a")], authorityLifetime: .seconds(90), leafLifetime: .seconds(30), settle: .seconds(5))
        #expect(short.interval == .seconds(1))
    }

    @Test func backdatingDoesNotCountAsLife() throws {
        let short = try CertificateAuthority.made(for: .seconds(30))
        #expect(CertificatePolicy.renewalTime(of: short.certificate) == epoch + .seconds(20))
    }
}
