import Admission
import EtcdRecoverModel
import FoundationEssentials
import KubernetesClient
import Logging
import ObjectStore

/// The rescue copy of a member whose etcd does not run, which gives no snapshot: a pod beside it reads the volume and puts the
/// database into the store. Nothing of the member is changed, nor is its pod.
struct VolumeCopies: Sendable {
    let client: KubernetesClient
    let stores: DestinationStores
    /// Ours; nil: no pod can be made.
    let image: String?
    let logger: Logger

    enum Progress: Sendable {
        case underWay(String)
        case taken(EtcdRecovery.RescueCopy)
    }

    /// Makes the pod where there is none, and reads what became of it where there is. Throws what it failed with, once; the next
    /// call begins anew.
    func take(_ member: String, of recovery: EtcdRecovery, to destination: Destination) async throws -> Progress {
        let namespace = recovery.metadata.namespace ?? ""
        let store = try stores.open(
            destination, in: namespace, for: "EtcdRecovery \(namespace)/\(recovery.metadata.name ?? "")")
        let key = try RescueCopies.key(recovery, .store(destination), member: member)
        guard
            let pod = try await client.find(
                WholePod.self, name: WholePod.rescuer(of: member, for: recovery), namespace: namespace)
        else {
            try await start(member, of: recovery, in: destination, as: key)
            return .underWay("a pod beside \(member) reads its volume")
        }
        let name = pod.metadata.name ?? ""
        guard pod.metadata.deletionTimestamp == nil else { return .underWay("pod \(name) of an earlier try ends") }
        guard pod.metadata.ownerReferences?.contains(where: { $0.uid == recovery.metadata.uid }) == true else {
            throw Failure(
                reason: .invalidSpec, message: "there is a pod \(name) that is not of this recovery: delete it",
                mayPass: true)
        }
        switch pod.end {
        case nil: return .underWay("pod \(name) reads the volume of \(member)" + (pod.trouble.map { ": \($0)" } ?? ""))
        case .success(let report)?:
            let object = try await store.head(key)
            guard object.metadata?.cluster == "\(namespace)/\(recovery.clusterName)", object.metadata?.sha256 != nil
            else { throw StoreError.exists(store.uri(key)) }
            return .taken(EtcdRecovery.RescueCopy(member: member, location: store.uri(key), object, report))
        case .failure(let failure)?:
            try await remove(member, of: recovery)
            throw failure
        }
    }

    /// Takes the pod away, once what it has done is written down.
    func remove(_ member: String, of recovery: EtcdRecovery) async throws {
        do {
            try await client.delete(
                WholePod.self, name: WholePod.rescuer(of: member, for: recovery),
                namespace: recovery.metadata.namespace ?? "")
        } catch let error as KubernetesError where error.isNotFound {}
    }

    private func start(
        _ member: String, of recovery: EtcdRecovery, in destination: Destination, as key: ObjectKey
    ) async throws {
        guard let image else {
            throw Failure(
                reason: .invalidSpec,
                message: "the controller knows no image for a pod beside \(member): start it with --agent-image",
                mayPass: false)
        }
        guard let beside = try await client.find(WholePod.self, name: member, namespace: recovery.metadata.namespace)
        else {
            throw Failure(reason: .membersUnreachable, message: "there is no pod \(member) any more", mayPass: true)
        }
        // A scheduler might take a volume that one node has at a time to another.
        guard beside.spec["nodeName"] != nil else {
            throw Failure(reason: .membersUnreachable, message: "pod \(member) is on no node", mayPass: true)
        }
        let pod: WholePod
        do {
            pod = try WholePod(
                beside: beside, of: recovery.clusterName,
                for: RestoreOrder(saving: key.text, in: destination, for: recovery), image: image, recovery: recovery)
        } catch {
            throw Failure(reason: .memberNotRestored, message: error.message, mayPass: false)
        }
        let _: WholePod = try await client.create(pod, options: WriteOptions(fieldManager: "etcdrecover-controller"))
        logger.notice("pod \(pod.metadata.name ?? "") made, which reads the volume of \(member)")
    }
}

extension WholePod {
    /// What its agent reported; nil while it works.
    fileprivate var end: Result<AgentReport, Failure>? {
        guard status?.phase == "Succeeded" || status?.phase == "Failed" else { return nil }
        let ended = status?.containerStatuses?.first { $0.name == AgentContainer.name }?.state?.terminated
        let report = ended?.message.flatMap(AgentReport.init(terminationMessage:))
        switch report {
        case let report? where report.result == .saved: return .success(report)
        case let report?:
            var failure = Failure(report)
            failure.mayPass = failure.mayPass || failure.reason.passesForCopies
            return .failure(failure)
        case nil:
            let known = [status?.reason, status?.message, ended?.reason, ended?.message].compactMap(\.self)
            let why = known.isEmpty ? "nothing is known" : known.joined(separator: ", ")
            // Evicted, or on a node that went away.
            return .failure(
                Failure(
                    reason: .memberNotRestored,
                    message: "pod \(metadata.name ?? "") ended without a report: \(why)", mayPass: true))
        }
    }

    /// What it waits for.
    fileprivate var trouble: String? {
        let waiting = status?.containerStatuses?.first?.state?.waiting
        let unscheduled = status?.conditions?.first { $0.type == "PodScheduled" && $0.status == "False" }
        return waiting?.message ?? waiting?.reason ?? unscheduled?.message
    }
}

extension EtcdRecovery.RescueCopy {
    fileprivate init(member: String, location: String, _ object: StoredObject, _ report: AgentReport) {
        self.init(member: member, location: location)
        sizeBytes = object.size
        sha256 = object.metadata?.sha256
        revision = object.metadata?.revision
        etcdVersion = object.metadata?.etcdVersion
        time = Timestamp(object.metadata?.time ?? Date())
        // Of what an earlier run has put there, while etcd has come further since, they say nothing.
        guard report.saved?.revision == revision else { return }
        missingEntries = report.missingEntries
        keyspaceHash = report.saved?.keyspaceHash
        compactRevision = report.saved?.compactRevision
        totalKeys = report.saved?.keys
    }
}

extension Failure.Reason {
    /// Of a pod that is made anew until the time is over: a store or a node that is away for a moment.
    fileprivate var passesForCopies: Bool {
        self == .storeUnreachable || self == .storeRefused || self == .timedOut || self == .memberNotRestored
    }
}
