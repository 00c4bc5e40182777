import Cryptography
import EtcdRecoverModel
import FoundationEssentials
import Glibc
import HTTP
import KubernetesClient
import Logging
import ObjectStore
import TestSupport
import Testing

@testable import Controllers

struct RescueVolumeTests {
    private let directory: TemporaryDirectory
    private static let now = Date(timeIntervalSince1970: 1_800_000_000)

    init() throws { directory = try TemporaryDirectory() }

    private func open(at time: Date = Self.now) async throws -> RescueVolume {
        try await RescueVolume.open(directory: directory.path, url: "https://rescue.test:8444", at: time)
    }

    private func put(_ key: String, on volume: RescueVolume) async throws {
        let source = AsyncThrowingStream<[UInt8], any Error> { stream in
            stream.yield([1, 2, 3])
            stream.finish()
        }
        _ = try await volume.store().put(source, at: ObjectKey(key)) { _ in ObjectMetadata(cluster: "db/main") }
    }

    @Test func itsAuthorityIsTheSameAfterARestart() async throws {
        let volume = try await open()
        let again = try await open()
        #expect(volume.server == again.server)
        #expect(volume.authority.key == again.authority.key)
        #expect(try Certificate.bundle(pem: Array(volume.server.caBundle.utf8)) == [volume.authority.certificate])
        #expect(!volume.server.caBundle.contains("PRIVATE"))
        var status = stat()
        #expect(stat(directory.path(of: ".authority.pem"), &status) == 0 && status.st_mode & 0o777 == 0o600)
    }

    @Test func anAuthorityThatIsDamagedOrOldIsReplaced() async throws {
        let volume = try await open()
        try Data("-----BEGIN".utf8).write(to: URL(filePath: directory.path(of: ".authority.pem")))
        let mended = try await open()
        #expect(mended.server != volume.server)
        #expect(try await open().server == mended.server)
        #expect(try await open(at: Self.now.addingTimeInterval(86_400 * 3650)).server != mended.server)
    }

    @Test func itHasToBeThere() async throws {
        await #expect(throws: StoreError.noBucket("file:///nowhere/at/all")) {
            try await RescueVolume.open(directory: "/nowhere/at/all", url: "https://rescue.test:8444")
        }
    }

    @Test func whatDoesNotFitIsSaidBefore() async throws {
        #expect(RescueVolume.shortage(of: 100 << 20, for: "main-0", free: 200 << 20) == nil)
        let failure = try #require(RescueVolume.shortage(of: 100 << 20, for: "main-0", free: 110 << 20))
        #expect(failure.reason == .noSpace && !failure.mayPass)
        #expect(
            failure.message.hasPrefix(
                "the snapshot of main-0 has 100 MiB, and the controller's volume for rescue copies has 110 MiB free"))
        let volume = try await open()
        try volume.checkRoom(for: 1, of: "main-0")
        #expect(throws: Failure.self) { try volume.checkRoom(for: .max >> 1, of: "main-0") }
    }

    @Test func copiesGoWithTheirRecoveryAndOthersStay() async throws {
        let volume = try await open()
        let keys = ["db/u1/main-0.db", "db/u1/main-2.db", "db/u2/main-0.db", "else/u1/main-0.db"]
        for key in keys { try await put(key, on: volume) }
        // What a controller that was killed has left.
        try Data([1]).write(to: URL(filePath: directory.path(of: "db/u1/.main-1.db.0123.etcdrecover.part")))
        let copies = try await RescueCopies.over(volume)
        var recovery = EtcdRecovery(
            metadata: ObjectMeta(name: "one", namespace: "db"), status: .init(phase: .completed))
        recovery.metadata.uid = "u1"
        // Only one was written down; a later recovery goes on with the other; and one is not its own to name.
        recovery.status?.rescueCopies = ["db/u1/main-0.db", "else/u1/main-0.db"].map {
            .init(member: "main-0", location: EtcdRecovery.RescueServer.location(ofKey: $0))
        }
        #expect(await copies.discard(recovery, keeping: ["db/u1/main-0.db"]).isEmpty)
        func left() async throws -> [String] { try await volume.store().list(.all).objects.map(\.key.text) }
        #expect(try await left() == [".authority.pem", "db/u1/main-0.db", "db/u2/main-0.db", "else/u1/main-0.db"])
        #expect(await copies.discard(recovery, keeping: []).isEmpty)
        #expect(try await left() == [".authority.pem", "db/u2/main-0.db", "else/u1/main-0.db"])
        #expect(!FileManager.default.fileExists(atPath: directory.path(of: "db/u1")))
        recovery.metadata.uid = ""
        #expect(await copies.discard(recovery, keeping: []).isEmpty)
        #expect(try await left().count == 3)
    }
}

extension RescueCopies {
    /// For what asks neither an API server nor a member.
    fileprivate static func over(_ volume: RescueVolume) async throws -> RescueCopies {
        let client = try KubernetesClient(ClientConfiguration(server: "https://127.0.0.1:1"))
        let http = try HTTPClient(.init(proxy: .none))
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        return RescueCopies(
            client: client,
            stores: DestinationStores(
                client: client, environment: CredentialEnvironment(variable: { _ in nil }, http: http, local: http),
                logger: logger), volume: volume, dial: .advertised, tokens: HeldTokens(), logger: logger)
    }
}
