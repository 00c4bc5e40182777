import Admission
import EtcdRecoverModel
import KubernetesClient

/// The injector's entries of recoveries, as long as they are needed: until the cluster is whole again, and after a failure
/// until another recovery takes over or the cluster is gone, since a member that boots empty is worse than one that waits.
struct RecoveryEntries: Sendable {
    let client: KubernetesClient
    let injection: InjectionSwitch

    func disarm(_ recovery: EtcdRecovery) async throws {
        try await injection.disarm(.recovery) { $0 == recovery.metadata.uid }
    }

    func disarmOthers(than recovery: EtcdRecovery) async throws {
        let others = try await all().filter {
            $0.metadata.namespace == recovery.metadata.namespace && $0.clusterName == recovery.clusterName
                && $0.metadata.uid != recovery.metadata.uid && $0.status?.phase?.isTerminal == true
        }
        let uids = Set(others.compactMap(\.metadata.uid))
        guard !uids.isEmpty else { return }
        try await injection.disarm(.recovery) { uids.contains($0) }
    }

    func sweep() async throws {
        let armed = try await injection.armed(.recovery)
        guard !armed.isEmpty else { return }
        let recoveries = try await all()
        let needed = try await recoveries.asyncFilter { recovery in
            switch recovery.status?.phase {
            case .completed?, .cancelled?: false
            case .failed?: recovery.leavesMembersStopped ? try await exists(recovery) : false
            default: true
            }
        }
        let kept = Set(needed.compactMap(\.metadata.uid))
        // A finalizer keeps the record of whatever was begun, so that one that is gone has nothing to keep.
        try await injection.disarm(.recovery) { armed.contains($0) && !kept.contains($0) }
    }

    private func all() async throws -> [EtcdRecovery] { try await client.list(in: .allNamespaces).items }

    private func exists(_ recovery: EtcdRecovery) async throws -> Bool {
        let namespace = recovery.metadata.namespace
        do {
            if recovery.status?.layout == .plain {
                _ = try await client.get(StatefulSet.self, name: recovery.clusterName, namespace: namespace)
            } else {
                _ = try await client.get(EtcdCluster.self, name: recovery.clusterName, namespace: namespace)
            }
            return true
        } catch let error as KubernetesError where error.isNotFound { return false }
    }
}

extension Array {
    fileprivate func asyncFilter(_ isIncluded: (Element) async throws -> Bool) async throws -> [Element] {
        var kept: [Element] = []
        for element in self where try await isIncluded(element) { kept.append(element) }
        return kept
    }
}
