import EtcdRecoverModel
import FoundationEssentials
import HTTP
import TestSupport
import Testing

@testable import KubernetesClient

/// Against a real kube-apiserver. Everything happens in one namespace of the suite's own, deleted at the end.
@Suite(.needsCluster, .serialized) struct LiveClusterTests {
    private static var hasEtcd: Bool { (try? TestCluster.current)?.etcd != nil }

    // MARK: Reading and writing

    @Test func createsReadsPatchesReplacesAndDeletes() async throws {
        try await LiveCluster.withNamespace { client, namespace in
            let created = try await client.create(
                ConfigMap(metadata: ObjectMeta(name: "a", labels: ["x": "y"]), data: ["k": "1"]))
            #expect(created.metadata.namespace == namespace)
            #expect(created.metadata.uid?.isEmpty == false)

            let merged = try await client.patch(
                ConfigMap.self, name: "a", with: .merge(["data": ["l": "2"]]))
            #expect(merged.data == ["k": "1", "l": "2"])
            let patched = try await client.patch(
                ConfigMap.self, name: "a",
                with: .json([.test("/data/k", .string("1")), .remove("/data/k"), .add("/data/m", .string("3"))]))
            #expect(patched.data == ["l": "2", "m": "3"])
            let refused = await #expect(throws: KubernetesError.self) {
                try await client.patch(ConfigMap.self, name: "a", with: .json([.test("/data/l", .string("no"))]))
            }
            #expect(refused?.failure?.code == 422)

            var stale = created
            stale.data = [:]
            let conflict = await #expect(throws: KubernetesError.self) { try await client.replace(stale) }
            #expect(conflict?.isConflict == true)
            #expect(
                conflict?.description
                    == "the API server answered 409 Conflict: Operation cannot be fulfilled on configmaps \"a\": "
                    + "the object has been modified; please apply your changes to the latest version and try again")
            var latest = try await client.get(ConfigMap.self, name: "a")
            latest.data = ["only": "this"]
            #expect(try await client.replace(latest).data == ["only": "this"])

            let twice = await #expect(throws: KubernetesError.self) {
                try await client.create(ConfigMap(metadata: ObjectMeta(name: "a")))
            }
            #expect(twice?.isAlreadyExists == true)
            #expect(twice?.isConflict == false)
            let other = await #expect(throws: KubernetesError.self) {
                try await client.delete(ConfigMap.self, name: "a", options: DeleteOptions(uid: "another"))
            }
            #expect(other?.isConflict == true)
            try await client.delete(
                ConfigMap.self, name: "a", options: DeleteOptions(uid: created.metadata.uid, propagation: .background))
            let gone = await #expect(throws: KubernetesError.self) {
                try await client.get(ConfigMap.self, name: "a")
            }
            #expect(gone?.isNotFound == true)
            #expect(gone?.description == "the API server answered 404 NotFound: configmaps \"a\" not found")
        }
    }

    @Test func storesNothingInADryRun() async throws {
        try await LiveCluster.withNamespace { client, _ in
            let created = try await client.create(
                ConfigMap(metadata: ObjectMeta(name: "a")), options: WriteOptions(dryRun: true))
            #expect(created.metadata.uid != nil)
            try await expectNotFound { try await client.get(ConfigMap.self, name: "a") }
            _ = try await client.create(ConfigMap(metadata: ObjectMeta(name: "a"), data: ["k": "1"]))
            _ = try await client.patch(
                ConfigMap.self, name: "a", with: .merge(["data": ["k": "2"]]), options: WriteOptions(dryRun: true))
            try await client.delete(ConfigMap.self, name: "a", options: DeleteOptions(dryRun: true))
            #expect(try await client.get(ConfigMap.self, name: "a").data == ["k": "1"])
        }
    }

    @Test func passesOnWhyAnObjectIsInvalid() async throws {
        try await LiveCluster.withNamespace { client, _ in
            let error = await #expect(throws: KubernetesError.self) {
                try await client.create(ConfigMap(metadata: ObjectMeta(name: "Not_A_Name")))
            }
            #expect(error?.isInvalid == true)
            #expect(error?.failure?.details?.causes?.first?.field == "metadata.name")
            #expect(
                error?.description.hasPrefix(
                    "the API server answered 422 Invalid: ConfigMap \"Not_A_Name\" is invalid: metadata.name: Invalid value"
                )
                    == true)
        }
    }

    @Test func namesTheManagerAnApplyConflictsWith() async throws {
        try await LiveCluster.withNamespace { client, _ in
            func apply(_ value: String, as manager: String, force: Bool = false) async throws -> ConfigMap {
                try await client.patch(
                    name: "a",
                    with: .apply(
                        ConfigMap(metadata: ObjectMeta(name: "a"), data: ["k": value]), force: force),
                    options: WriteOptions(fieldManager: manager))
            }
            let first = try await apply("1", as: "one")
            #expect(first.data == ["k": "1"])
            let error = await #expect(throws: KubernetesError.self) { try await apply("2", as: "two") }
            #expect(error?.isConflict == true)
            #expect(
                error?.description
                    == "the API server answered 409 Conflict: Apply failed with 1 conflict: "
                    + "conflict with \"one\": .data.k")
            let forced = try await apply("2", as: "two", force: true)
            #expect(forced.data == ["k": "2"])
            await #expect(throws: KubernetesError.invalidRequest("an apply needs a field manager")) {
                try await client.patch(ConfigMap.self, name: "a", with: .apply(["a": "b"]))
            }
        }
    }

    @Test func writesTheStatusSubresourceApart() async throws {
        try await LiveCluster.withNamespace { client, _ in
            _ = try await client.create(RunnableStatefulSet(name: "a"))
            let patched = try await client.patch(
                StatefulSet.self, name: "a", subresource: "status",
                with: .merge(["spec": ["replicas": 5], "status": ["collisionCount": 2]]))
            #expect(patched.spec?.replicas == 0)
            let stored = try await client.get(RunnableStatefulSet.self, name: "a")
            #expect(stored.status?["collisionCount"] == .int(2))
        }
    }

    @Test func readsALongListPageByPage() async throws {
        try await LiveCluster.withNamespace { client, namespace in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for worker in 0..<12 {
                    group.addTask {
                        for number in 0..<100 {
                            _ = try await client.create(
                                ConfigMap(metadata: ObjectMeta(name: "m-\(worker * 100 + number)", labels: ["n": "m"])))
                        }
                    }
                }
                try await group.waitForAll()
            }
            let scope = Scope.namespace(namespace)
            let selector = Selector(labels: "n=m")
            var counts: [Int] = []
            var continuation: String?
            repeat {
                let page = try await client.page(ConfigMap.self, in: scope, matching: selector, after: continuation)
                counts.append(page.items.count)
                continuation = page.continuation
            } while continuation != nil
            #expect(counts == [500, 500, 200])
            let all = try await client.list(ConfigMap.self, in: scope, matching: selector)
            #expect(Set(all.items.map(\.metadata.name)).count == 1200)
            // The cache follows etcd within moments.
            var cached = 0
            for _ in 0..<1200 where cached < 1200 {
                cached = try await client.list(
                    ConfigMap.self, in: scope, matching: selector, options: ListOptions(mayBeStale: true)
                ).items.count
                if cached < 1200 { try await Task.sleep(for: .milliseconds(50)) }
            }
            #expect(cached == 1200)
            let error = await #expect(throws: KubernetesError.self) {
                try await client.list(
                    ConfigMap.self, in: scope, options: ListOptions(pageSize: 500, itemLimit: 999))
            }
            #expect(error == .tooManyItems(kind: "ConfigMap", limit: 999))
        }
    }

    // MARK: Watching

    @Test func watchesThroughDroppedConnections() async throws {
        let relay = try Relay(to: LiveCluster.port())
        try await LiveCluster.withNamespace { direct, namespace in
            let client = try KubernetesClient(LiveCluster.configuration(through: relay, namespace: namespace))
            _ = try await direct.create(ConfigMap(metadata: ObjectMeta(name: "before"), data: ["n": "0"]))
            let watch: Watch<ConfigMap> = client.watch(
                in: .namespace(namespace), matching: .name("before"),
                options: WatchOptions(connectionPeriod: .seconds(60)))
            var events = watch.makeAsyncIterator()
            guard case .listed(let items, _)? = try await events.next() else {
                Issue.record("the watch did not begin with a list")
                return
            }
            #expect(items.map(\.data) == [["n": "0"]])
            // Each round breaks the connection first, so that the change happens while nobody watches.
            for round in 1...5 {
                relay.dropAll()
                _ = try await direct.patch(
                    ConfigMap.self, name: "before", with: .merge(["data": ["n": "\(round)"]]))
                var seen: String?
                while seen == nil {
                    if case .modified(let map)? = try await events.next() { seen = map.data?["n"] }
                }
                #expect(seen == "\(round)")
            }
            #expect(relay.connections > 5)
            try await direct.delete(ConfigMap.self, name: "before")
            var isDeleted = false
            while !isDeleted { if case .deleted? = try await events.next() { isDeleted = true } }
            await client.shutdown()
        }
    }

    @Test func outlivesTheServersTimeouts() async throws {
        try await LiveCluster.withNamespace { client, namespace in
            let watch: Watch<ConfigMap> = client.watch(
                in: .namespace(namespace), matching: .name("late"), options: WatchOptions(connectionPeriod: .seconds(1))
            )
            let reader = Task {
                for try await event in watch { if case .added(let map) = event { return map.metadata.name } }
                return nil
            }
            try await Task.sleep(for: .seconds(4))
            _ = try await client.create(ConfigMap(metadata: ObjectMeta(name: "late")))
            #expect(try await reader.value == "late")
        }
    }

    /// Of Events, since their watches are not served from the API server's cache, which may remember more than etcd.
    @Test(.enabled(if: Self.hasEtcd, "needs the etcd behind the API server: run 'make test'"))
    func listsAnewWhenItsVersionIsTooOld() async throws {
        try await LiveCluster.withNamespace { client, namespace in
            let map = try await client.create(ConfigMap(metadata: ObjectMeta(name: "a")))
            let recorder = EventRecorder(client, component: "tests", instance: "one")
            _ = try await recorder.record(.normal, reason: "Tested", message: "it works", about: map)
            try await LiveCluster.compactEtcd()
            let watch: Watch<Event> = client.watch(in: .namespace(namespace), from: "1")
            for try await event in watch {
                guard case .listed(let items, _) = event else {
                    Issue.record("\(event)")
                    return
                }
                #expect(items.contains { $0.reason == "Tested" })
                break
            }
        }
    }

    @Test(.enabled(if: Self.hasEtcd, "needs the etcd behind the API server: run 'make test'"))
    func saysThatAPageIsGoneAfterACompaction() async throws {
        try await LiveCluster.withNamespace { client, namespace in
            for name in ["a", "b", "c"] { _ = try await client.create(ConfigMap(metadata: ObjectMeta(name: name))) }
            let options = ListOptions(pageSize: 1)
            let first = try await client.page(
                ConfigMap.self, in: .namespace(namespace), options: options, after: nil)
            _ = try await client.create(ConfigMap(metadata: ObjectMeta(name: "d")))
            try await LiveCluster.compactEtcd()
            let error = await #expect(throws: KubernetesError.self) {
                try await client.page(
                    ConfigMap.self, in: .namespace(namespace), options: options, after: first.continuation)
            }
            #expect(error?.isExpired == true)
        }
    }

    // MARK: Kinds

    @Test func countsRepeatedEventsInOne() async throws {
        try await LiveCluster.withNamespace { client, namespace in
            let map = try await client.create(ConfigMap(metadata: ObjectMeta(name: "a")))
            let recorder = EventRecorder(client, component: "tests", instance: "one")
            let first = try await recorder.record(.normal, reason: "Tested", message: "it works", about: map)
            let again = try await recorder.record(.normal, reason: "Tested", message: "it works", about: map)
            let other = try await recorder.record(
                .warning, reason: "Tested", message: String(repeating: "ü", count: 2000), about: map)
            #expect(first.metadata.name == again.metadata.name)
            #expect(again.count == 2)
            #expect(other.count == 1)
            #expect(other.message?.utf8.count ?? 0 <= 1024)
            let stored = try await client.list(Event.self, in: .namespace(namespace))
            #expect(stored.items.count == 2)
            #expect(stored.items.allSatisfy { $0.involvedObject.uid == map.metadata.uid })
            try await client.delete(Event.self, name: first.metadata.name ?? "")
            #expect(try await recorder.record(.normal, reason: "Tested", message: "it works", about: map).count == 1)
        }
    }

    @Test func takesALeaseOnce() async throws {
        try await LiveCluster.withNamespace { client, _ in
            let now = MicroTimestamp(Date())
            let spec = Lease.Spec(holderIdentity: "a", leaseDurationSeconds: 15, acquireTime: now, renewTime: now)
            let lease = try await client.create(Lease(metadata: ObjectMeta(name: "l"), spec: spec))
            #expect(lease.spec == spec)
            var renewed = lease
            renewed.spec?.renewTime = MicroTimestamp(Date())
            _ = try await client.replace(renewed)
            var rival = lease
            rival.spec?.holderIdentity = "b"
            let error = await #expect(throws: KubernetesError.self) { try await client.replace(rival) }
            #expect(error?.isConflict == true)
        }
    }

    @Test func asksWhoMayDoWhat() async throws {
        try await LiveCluster.withNamespace { client, namespace in
            let secret = ResourceAccess(verb: "get", group: "", resource: "secrets", namespace: namespace, name: "s")
            let own = try await client.mayAccess(secret, user: nil)
            let jane = try await client.mayAccess(secret, user: UserInfo(username: "jane"))
            let master = try await client.mayAccess(
                secret, user: UserInfo(username: "jane", groups: ["system:masters"]))
            #expect([own.isAllowed, jane.isAllowed, master.isAllowed] == [true, false, true])
        }
    }

    @Test func tellsTheServersVersion() async throws {
        try await LiveCluster.withNamespace { client, _ in
            let version = try await client.serverVersion()
            #expect(version.gitVersion.hasPrefix("v\(version.major)."))
            #expect(String(decoding: try await client.raw(path: "/readyz"), as: UTF8.self) == "ok")
        }
    }

    // MARK: Identity

    @Test func actsAsSomeoneElse() async throws {
        try await LiveCluster.withNamespace { client, namespace in
            var configuration = client.configuration
            configuration.impersonation = Impersonation(user: "jane", groups: ["readers"])
            let jane = try KubernetesClient(configuration)
            let error = await #expect(throws: KubernetesError.self) {
                try await jane.get(ConfigMap.self, name: "a")
            }
            #expect(error?.isForbidden == true)
            #expect(
                error?.description
                    == "the API server answered 403 Forbidden: configmaps \"a\" is forbidden: User \"jane\" cannot get "
                    + "resource \"configmaps\" in API group \"\" in the namespace \"\(namespace)\"")
        }
    }

    @Test func followsAServiceAccountTokenAsItRotates() async throws {
        try await LiveCluster.withNamespace { client, namespace in
            _ = try await client.create(ServiceAccountObject(metadata: ObjectMeta(name: "robot")))
            let token = try await LiveCluster.token(of: "robot", in: namespace, client)
            let directory = try TemporaryDirectory()
            let file = try directory.write("expired.token.x", to: "token")
            var configuration = client.configuration
            configuration.credentials = CredentialSource(token: .file(file, fallback: nil))
            let robot = try KubernetesClient(configuration)
            let refused = await #expect(throws: KubernetesError.self) { try await robot.serverVersion() }
            #expect(refused?.isUnauthorized == true)
            #expect(refused?.description.contains("expired.token") == false)
            try directory.write(token, to: "token")
            let known = await #expect(throws: KubernetesError.self) { try await robot.get(ConfigMap.self, name: "a") }
            #expect(known?.isForbidden == true)
            #expect(known?.description.contains("system:serviceaccount:\(namespace):robot") == true)
        }
    }

    @Test func presentsAPluginsCertificate() async throws {
        try await LiveCluster.withNamespace { client, namespace in
            let certificate = try #require(try client.configuration.credentials.certificate?.load())
            let status = [
                "clientCertificateData": String(decoding: certificate.chain, as: UTF8.self),
                "clientKeyData": certificate.key.reveal(),
            ]
            let credential = String(decoding: try JSONEncoder().encode(status), as: UTF8.self)
            let directory = try TemporaryDirectory()
            try directory.write(
                "{\"kind\":\"ExecCredential\",\"apiVersion\":\"client.authentication.k8s.io/v1\",\"status\":\(credential)}",
                to: "credential")
            var configuration = client.configuration
            configuration.credentials = CredentialSource(
                exec: ExecPlugin(
                    command: try directory.script("cat \(directory.path)/credential"), arguments: [], environment: [:],
                    apiVersion: "client.authentication.k8s.io/v1", interactiveMode: .never))
            let plugged = try KubernetesClient(configuration)
            let map = try await plugged.create(ConfigMap(metadata: ObjectMeta(name: "plugged")))
            #expect(map.metadata.namespace == namespace)
        }
    }

    @Test func distrustsAServerOfAnotherAuthority() async throws {
        try await LiveCluster.withNamespace { client, _ in
            var configuration = client.configuration
            configuration.tls.certificateAuthorities = Array(LiveCluster.otherAuthority.utf8)
            let error = await #expect(throws: KubernetesError.self) {
                try await KubernetesClient(configuration).serverVersion()
            }
            guard case .transport(.tls(_, .untrustedAuthority), _)? = error else {
                Issue.record("\(String(describing: error))")
                return
            }
        }
    }
}

extension LiveClusterTests {
    @Test(arguments: [true, false])
    func saysThatItsOwnCertificateDoesNotLoad(_ isGarbage: Bool) async throws {
        try await LiveCluster.withNamespace { client, _ in
            var configuration = client.configuration
            let good = try #require(try configuration.credentials.certificate?.load())
            // The authority's certificate is sound, and does not belong to the key.
            let chain = isGarbage ? Array("s3cr3t".utf8) : try #require(configuration.tls.certificateAuthorities)
            configuration.credentials.certificate = CertificateSource(
                certificate: .bytes(SecretBytes(chain)), key: .bytes(good.key))
            let error = await #expect(throws: KubernetesError.self) {
                try await KubernetesClient(configuration).serverVersion()
            }
            guard case .transport(.tls(_, .badClientCertificate), _)? = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(error?.description.contains("s3cr3t") == false)
        }
    }

    @Test func expectsTheNameItIsTold() async throws {
        try await LiveCluster.withNamespace { client, _ in
            var configuration = client.configuration
            configuration.tls.serverName = "kubernetes.default.svc"
            _ = try await KubernetesClient(configuration).serverVersion()
            configuration.tls.serverName = "elsewhere.example"
            let error = await #expect(throws: KubernetesError.self) {
                try await KubernetesClient(configuration).serverVersion()
            }
            guard case .transport(.tls(_, .nameMismatch), _)? = error else {
                Issue.record("\(String(describing: error))")
                return
            }
        }
    }
}

func expectNotFound(_ body: () async throws -> some Any) async throws {
    let error = await #expect(throws: KubernetesError.self) { _ = try await body() }
    #expect(error?.isNotFound == true)
}
