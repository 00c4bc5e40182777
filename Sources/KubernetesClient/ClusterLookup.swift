package import EtcdRecoverModel

/// What the rules ask of the world, asked of a live cluster: not found is absent, anything else unavailable.
package struct ClusterLookup: Lookup {
    private let client: KubernetesClient
    private let perCall: Duration
    private let end: ContinuousClock.Instant?

    /// `until` bounds all look-ups together, `perCall` each of them.
    package init(
        _ client: KubernetesClient, perCall: Duration = .seconds(5), until end: ContinuousClock.Instant? = nil
    ) {
        self.client = client
        self.perCall = perCall
        self.end = end
    }

    package func etcdCluster(_ name: ObjectName) async -> LookedUp<EtcdCluster> { await object(name) }
    package func secret(_ name: ObjectName) async -> LookedUp<Secret> { await object(name) }
    package func etcdBackup(_ name: ObjectName) async -> LookedUp<EtcdBackup> { await object(name) }
    package func statefulSet(_ name: ObjectName) async -> LookedUp<StatefulSet> { await object(name) }

    package func etcdBackups() async -> LookedUp<[EtcdBackup]> {
        // Told from the server's cache: this runs for every admitted backup, over all namespaces.
        await objects(in: .allNamespaces, mayBeStale: true)
    }

    package func etcdRestores(in namespace: String) async -> LookedUp<[EtcdRestore]> {
        await objects(in: .namespace(namespace))
    }

    package func etcdRecoveries(in namespace: String) async -> LookedUp<[EtcdRecovery]> {
        await objects(in: .namespace(namespace))
    }

    package func persistentVolumeClaims(in namespace: String) async -> LookedUp<[PersistentVolumeClaim]> {
        await objects(in: .namespace(namespace))
    }

    /// By the operator's label, and those that the StatefulSet of that name owns, however they are labelled.
    package func pods(ofCluster name: ObjectName) async -> LookedUp<[Pod]> {
        // What is no name would be read as more of the selector.
        guard name.name.utf8.allSatisfy(Self.isNameCharacter), !name.name.isEmpty else { return .absent }
        async let labelled: LookedUp<[Pod]> = objects(
            in: .namespace(name.namespace), matching: Selector(labels: "app=\(name.name)"))
        async let numbered: LookedUp<[Pod]> = objects(
            in: .namespace(name.namespace), matching: Selector(labels: "statefulset.kubernetes.io/pod-name"))
        switch await (labelled, numbered) {
        case (.found(let labelled), .found(let numbered)):
            let known = Set(labelled.map(\.metadata.name))
            let owned = numbered.filter { pod in
                !known.contains(pod.metadata.name)
                    && pod.metadata.ownerReferences?.contains { $0.kind == StatefulSet.kind && $0.name == name.name }
                        == true
            }
            return .found(labelled + owned)
        case (.unavailable(let reason), _), (_, .unavailable(let reason)):
            return .unavailable(reason)
        case (.absent, _), (_, .absent):
            return .absent
        }
    }

    package func mayGetSecret(_ name: ObjectName, user: UserInfo?) async -> LookedUp<Bool> {
        await asking { within in
            try await client.mayAccess(
                ResourceAccess(
                    verb: "get", group: "", resource: Secret.plural, namespace: name.namespace, name: name.name),
                user: user, within: within
            ).isAllowed
        }
    }

    private static func isNameCharacter(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"),
            UInt8(ascii: "."):
            true
        default: false
        }
    }

    private func object<R: KubernetesResource>(_ name: ObjectName) async -> LookedUp<R> {
        await asking { try await client.get(name: name.name, namespace: name.namespace, within: $0) }
    }

    private func objects<R: KubernetesResource>(
        in scope: Scope, matching selector: Selector = .everything, mayBeStale: Bool = false
    ) async -> LookedUp<[R]> {
        await asking { within in
            try await client.list(
                in: scope, matching: selector, options: ListOptions(mayBeStale: mayBeStale, within: within)
            ).items
        }
    }

    private func asking<Value: Sendable>(_ question: (Duration) async throws -> Value) async -> LookedUp<Value> {
        let within = end.map { min(perCall, ContinuousClock.now.duration(to: $0)) } ?? perCall
        guard within > .zero else { return .unavailable("no time is left for this look-up") }
        do {
            return .found(try await question(within))
        } catch let error as KubernetesError where error.isNotFound {
            return .absent
        } catch is CancellationError {
            return .unavailable("the look-up was cancelled")
        } catch {
            return .unavailable("\(error)")
        }
    }
}
