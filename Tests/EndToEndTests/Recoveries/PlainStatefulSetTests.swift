import EtcdRecoverModel
import TestSupport
import Testing

extension Recoveries {
    /// An etcd that no operator runs, over TLS with client certificates: all its members are laid from the one copy.
    @Suite struct PlainStatefulSets {
        /// - Parameter isRunning: whether that member's etcd is, or only its volume is there.
        @Test(arguments: [true, false])
        func `an etcd in a StatefulSet comes back with all that its last member knew`(_ isRunning: Bool) async throws {
            let installed = try InstalledPods.current
            try await Kubectl.withNamespace(on: installed.cluster) { kubectl in
                let etcd = try await EtcdInPods.start(kubectl, release: .newest, hasVolumes: true)
                let keys = try await KnownKeys.fill { try await etcd.etcdctl($0, input: $1) }
                try await kubectl.storeKey(TestStores.current.all)
                if !isRunning { try await kubectl.breakEtcd(in: "etcd-2") }
                // Members 0 and 1 are gone with their volumes; the third cannot decide anything.
                try await kubectl.apply(
                    """
                    apiVersion: v1
                    kind: ResourceQuota
                    metadata: {name: no-new-volumes}
                    spec: {hard: {persistentvolumeclaims: "0"}}
                    """)
                try await kubectl.output(
                    "delete", "persistentvolumeclaim", "--wait=false", "etcd-data-etcd-0", "etcd-data-etcd-1")
                try await kubectl.output(
                    "delete", "pod", "--grace-period=0", "--force", "--wait=false", "etcd-0", "etcd-1")
                let place = BackupPlace.s3(installed.s3Endpoint, prefix: kubectl.namespace ?? "")
                try await kubectl.apply(
                    """
                    apiVersion: operator.etcd.io/v1alpha1
                    kind: EtcdRecovery
                    metadata: {name: by-hand}
                    spec:
                      clusterRef: etcd
                      gracePeriod: 10s
                      destination: \(place.destination)
                    """)
                let waiting = try await recovery(kubectl, in: [.awaitingApproval])
                #expect(waiting.status?.survivor?.name == "etcd-2")
                #expect((waiting.status?.survivor?.fromVolume == true) == !isRunning)
                #expect(waiting.status?.layout == .plain)
                let digest = waiting.status?.observed?.digest ?? ""
                let patch = #"{"spec": {"approved": true, "approvedDigest": "\#(digest)"}}"#
                try await kubectl.output("patch", "etcdrecovery", "by-hand", "--type=merge", "--patch", patch)
                _ = try await recovery(kubectl, in: [.rebuilding, .scalingOut])
                try await kubectl.output("delete", "resourcequota", "no-new-volumes")
                let whole = try await recovery(kubectl, in: [.completed])
                #expect(whole.status?.verification?.members == 3)
                #expect(whole.status?.verification?.matches == true)
                for member in 0..<3 {
                    let found = try await KnownKeys.read(isLocal: true) {
                        try await etcd.etcdctl($0, input: $1, member: member)
                    }
                    #expect(keys.differences(from: found) == [], "etcd-\(member)")
                }
            }
        }

        private func recovery(_ kubectl: Kubectl, in phases: [EtcdRecovery.Phase]) async throws -> EtcdRecovery {
            let end = ContinuousClock.now + .seconds(240)
            while ContinuousClock.now < end {
                let recovery = try await kubectl.object("by-hand", as: EtcdRecovery.self)
                if let phase = recovery.status?.phase, phases.contains(phase) { return recovery }
                guard recovery.status?.phase?.isTerminal != true else { break }
                try await Task.sleep(for: .milliseconds(300))
            }
            let all = try await kubectl.run("get", "etcdrecoveries,statefulsets,pods", "-o", "yaml").output
            throw MissingPart("no recovery in \(phases): \(all)\(try await InstalledPods.current.log())")
        }
    }
}
