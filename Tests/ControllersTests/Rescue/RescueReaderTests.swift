import EtcdRecoverModel
import FoundationEssentials
import HTTP
import KubernetesClient
import Logging
import ObjectStore
import TestSupport
import Testing

@testable import Controllers

/// Who gets a copy, by tokens of a real API server.
@Suite(.needsCluster) struct RescueReaderTests {
    private static let key = "main-2-20261128T021407Z.db"

    private struct Site: Sendable {
        var namespace: TestNamespace
        var reader: RescueReader
        var uid: String

        var path: String { "/\(namespace.name)/\(uid)/\(RescueReaderTests.key)" }

        /// Of the pod's account.
        func token(_ pod: String?, audience: String = EtcdRecovery.RescueServer.audience) async throws -> SecretBytes {
            let bound = pod.map { ["--bound-object-kind=Pod", "--bound-object-name=\($0)"] } ?? []
            let token = try await namespace.kubectl.output(
                ["create", "token", "default", "--audience=\(audience)"] + bound)
            return SecretBytes(token.split(separator: "\n").joined())
        }

        func bytes(_ path: String?, _ token: SecretBytes) async throws -> [UInt8]? {
            guard case .copy(let file) = await reader.open(path ?? self.path, token: token) else { return nil }
            return try await file.read(from: 1, count: Int(file.size) - 1)
        }

        func bytes(_ token: SecretBytes) async throws -> [UInt8]? { try await bytes(nil, token) }
    }

    /// A recovery `lost` of cluster `main` that lays its members, with one copy of four bytes.
    private func withSite(_ body: @escaping @Sendable (Site) async throws -> Void) async throws {
        try await TestNamespace.with { namespace in
            let directory = try TemporaryDirectory()
            let volume = try await RescueVolume.open(directory: directory.path, url: "https://rescue.test:8444")
            try await namespace.kubectl.apply(
                """
                apiVersion: operator.etcd.io/v1alpha1
                kind: EtcdRecovery
                metadata: {name: lost}
                spec: {clusterRef: main}
                """)
            try await namespace.wait(for: "service account") {
                try await namespace.kubectl.run("get", "serviceaccount", "default").succeeded ? true : nil
            }
            for pod in ["main-0", "main-1", "other-0"] { try await namespace.run(pod) }
            let made: EtcdRecovery = try await namespace.client.get(name: "lost")
            let uid = try #require(made.metadata.uid)
            let key = "\(namespace.name)/\(uid)/\(Self.key)"
            try await put(key, of: "\(namespace.name)/main", on: volume)
            let digest = try #require(try await volume.store().head(ObjectKey(key)).metadata?.sha256)
            try await namespace.lay(key, digest)
            let cache = ObjectCache<EtcdRecovery>(
                namespace.client, in: .namespace(namespace.name),
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            let reader = RescueReader(
                recoveries: cache, volume: volume, client: namespace.client,
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await cache.run() }
                try await cache.waitUntilListed()
                group.addTask { try await body(Site(namespace: namespace, reader: reader, uid: uid)) }
                try await group.next()
                group.cancelAll()
            }
            withExtendedLifetime(directory) {}
        }
    }

    private func put(_ key: String, of owner: String, on volume: RescueVolume) async throws {
        let source = AsyncThrowingStream<[UInt8], any Error> { stream in
            stream.yield([1, 2, 3, 4])
            stream.finish()
        }
        _ = try await volume.store().put(source, at: ObjectKey(key)) { _ in ObjectMetadata(cluster: owner) }
    }

    @Test func theMemberThatIsLaidGetsItAndNobodyElse() async throws {
        try await withSite { site in
            #expect(try await site.bytes(site.token("main-0")) == [2, 3, 4])
            // It joins the first one, and is not laid.
            #expect(try await site.bytes(site.token("main-1")) == nil)
            #expect(try await site.bytes(site.token("other-0")) == nil)
            #expect(try await site.bytes(site.token(nil)) == nil, "a token of no pod")
            #expect(try await site.bytes(site.token("main-0", audience: "else")) == nil)
            #expect(try await site.bytes(SecretBytes("")) == nil)
            #expect(try await site.bytes(SecretBytes("a.b.c")) == nil)
            let token = try await site.token("main-0")
            for path in ["/", "/../..\(site.path)", "\(site.path).record.json", "/.authority.pem"] {
                #expect(try await site.bytes(path, token) == nil, "\(path)")
            }
            try await site.namespace.kubectl.output("delete", "pod", "main-0", "--force", "--grace-period=0")
            // The API server has pods in a cache of its own.
            try await eventually("refusal of a pod that is gone") { try await site.bytes(token) == nil ? true : nil }
        }
    }

    @Test func onlyTheCopyThatWasRecordedIsGiven() async throws {
        try await withSite { site in
            let token = try await site.token("main-0")
            let key = String(site.path.dropFirst())
            let store = site.reader.volume.store()
            // Half of it, as long as it is written.
            try await store.delete(try ObjectKey(key))
            let folder =
                "\(site.reader.volume.directory)/\(key.split(separator: "/").dropLast().joined(separator: "/"))"
            try Data([1, 2]).write(to: URL(filePath: "\(folder)/.\(Self.key).0123456789abcdef.etcdrecover.part"))
            guard case .missing = await site.reader.open(site.path, token: token) else {
                Issue.record("a copy that is not whole is not there")
                return
            }
            try await put(key, of: "\(site.namespace.name)/other", on: site.reader.volume)
            #expect(try await site.bytes(token) == nil, "another cluster's")
        }
    }
}

extension TestNamespace {
    /// A pod that no node has.
    fileprivate func run(_ pod: String) async throws {
        try await kubectl.apply(
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: \(pod)}
            spec: {containers: [{name: etcd, image: etcd.test/etcd}]}
            """)
    }

    /// Writes down that members of `lost` are laid from that copy.
    fileprivate func lay(_ key: String, _ digest: String) async throws {
        var copy = EtcdRecovery.RescueCopy(
            member: "main-2", location: EtcdRecovery.RescueServer.location(ofKey: key))
        copy.sha256 = digest
        var status = EtcdRecovery.Status(phase: .rebuilding)
        status.survivor = .init(name: "main-2")
        status.rescueCopies = [copy]
        status.layout = .statefulSet
        let json = try JSONDecoder().decode(JSONValue.self, from: JSONEncoder().encode(status))
        _ = try await client.patch(
            EtcdRecovery.self, name: "lost", subresource: "status", with: .merge(JSONValue.object(["status": json])))
    }
}
