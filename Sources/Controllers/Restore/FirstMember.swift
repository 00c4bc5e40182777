import Admission
import EtcdRecoverModel
import KubernetesClient

/// The pod of a target's first member.
struct FirstMember: KubernetesResource {
    static let apiVersion = "v1"
    static let kind = "Pod"
    static let plural = "pods"

    var metadata: ObjectMeta
    var spec: Spec
    var status: Status?

    struct Spec: Codable, Sendable {
        struct InitContainer: Codable, Sendable {
            var name: String
            var env: [Container.Variable]?
        }

        var nodeName: String?
        var initContainers: [InitContainer]?
    }

    struct Status: Codable, Sendable {
        struct Container: Codable, Sendable {
            var name: String
            var ready: Bool?
            var restartCount: Int?
            var state: State?
            var lastState: State?
        }

        struct State: Codable, Sendable {
            struct Waiting: Codable, Sendable {
                var reason: String?
                var message: String?
            }

            struct Running: Codable, Sendable {}

            struct Terminated: Codable, Sendable {
                var exitCode: Int
                var reason: String?
                var message: String?
            }

            var waiting: Waiting?
            var running: Running?
            var terminated: Terminated?
        }

        struct Condition: Codable, Sendable {
            var type: String
            var status: String
            var message: String?
        }

        var phase: String?
        var conditions: [Condition]?
        var initContainerStatuses: [Container]?
        var containerStatuses: [Container]?
    }
}

extension FirstMember.Status.Container {
    /// Why it does not run: how it ended last, else what it waits for.
    fileprivate var trouble: String? {
        if let ended = lastState?.terminated ?? state?.terminated {
            return ["exit code \(ended.exitCode)", ended.reason, ended.message].compactMap(\.self).joined(
                separator: ", ")
        }
        // Of every container, until its turn comes.
        guard let waiting = state?.waiting, waiting.reason != "PodInitializing" else { return nil }
        return waiting.message ?? waiting.reason
    }
}

extension FirstMember {
    /// Whose order its init container carries; nil where there is none of ours.
    var record: RestoreOrder.Record? {
        let agent = spec.initContainers?.first { $0.name == AgentContainer.name }
        let order = agent?.env?.first { $0.name == AgentVariable.order }?.value
        return order.flatMap { try? RestoreOrder(json: $0.expandingReferences { _ in nil }).restore }
    }

    var state: MemberPodState {
        guard spec.initContainers?.contains(where: { $0.name == AgentContainer.name }) == true else {
            return .notInjected
        }
        let agent = status?.initContainerStatuses?.first { $0.name == AgentContainer.name }
        let etcd = status?.containerStatuses?.first { $0.name == "etcd" } ?? status?.containerStatuses?.first
        let ended = agent?.state?.terminated ?? agent?.lastState?.terminated
        let report = ended?.message.flatMap(AgentReport.init(terminationMessage:))
        if etcd?.state?.running != nil { return .running(report) }
        if let ended, agent?.state?.running == nil {
            switch report {
            case let report? where report.result == .failed: return .failed(report)
            case let report?: return .laid(report, etcd: etcd?.trouble)
            // Once is no crash of ours: so ends a container whose node went down, and is started again.
            case nil where ended.exitCode != 0 && (agent?.restartCount ?? 0) > 0:
                return .crashed([ended.reason, ended.message].compactMap(\.self).joined(separator: ": "))
            case nil: break
            }
        }
        if agent?.state?.running != nil { return .laying }
        let waiting = agent?.state?.waiting
        let unscheduled = status?.conditions?.first { $0.type == "PodScheduled" && $0.status == "False" }
        return .waiting(waiting?.message ?? waiting?.reason ?? unscheduled?.message)
    }
}
