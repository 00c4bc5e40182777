import ClusterAccess
import EtcdClient
import EtcdRecoverModel
import KubernetesClient
import ObjectStore

/// Why a restore did not succeed, and whether waiting may mend it.
struct RestoreFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// One CamelCase word, as conditions, Events and metrics have it. All there are: a metric's label is bounded by them.
    enum Reason: String, CaseIterable, Sendable {
        case invalidSpec = "InvalidSpec"
        case targetNotEmpty = "TargetNotEmpty"
        case backupNotUsable = "BackupNotUsable"
        case snapshotNotFound = "SnapshotNotFound"
        case snapshotCorrupt = "SnapshotCorrupt"
        case snapshotChanged = "SnapshotChanged"
        case credentialsMissing = "CredentialsMissing"
        case storeDenied = "StoreDenied"
        case storeUnreachable = "StoreUnreachable"
        case storeRefused = "StoreRefused"
        case noSpace = "NoSpace"
        case injectionUnavailable = "InjectionUnavailable"
        case memberNotRestored = "MemberNotRestored"
        case verificationFailed = "VerificationFailed"
        case timedOut = "TimedOut"
        case kubernetesUnavailable = "KubernetesUnavailable"
        case internalError = "InternalError"
    }

    var reason: Reason
    /// What a person can act on.
    var message: String
    /// Whether waiting may mend it. What only a person can mend fails at once.
    var mayPass: Bool

    var description: String { message }
}

extension RestoreFailure {
    init(_ error: any Error) {
        switch error {
        case let error as RestoreFailure: self = error
        case let error as StoreError: self.init(error)
        case let error as KubernetesError:
            self.init(
                reason: .kubernetesUnavailable, message: "\(error)", mayPass: !error.isForbidden && !error.isInvalid)
        case let error as LocationFailure:
            self.init(reason: .memberNotRestored, message: "\(error)", mayPass: true)
        case let error as EtcdError:
            self.init(reason: .memberNotRestored, message: "\(error)", mayPass: true)
        default: self.init(reason: .internalError, message: "\(error)", mayPass: true)
        }
    }

    private init(_ error: StoreError) {
        let (reason, mayPass): (Reason, Bool) =
            switch error {
            case .notFound, .noBucket: (.snapshotNotFound, false)
            case .noCredentials: (.credentialsMissing, false)
            case .denied, .cannotTellWhetherExists, .locked: (.storeDenied, false)
            case .damaged, .wrongSize: (.snapshotCorrupt, false)
            case .changed: (.snapshotChanged, false)
            case .invalidKey, .invalidLocation: (.invalidSpec, false)
            case .unreachable, .unusableAnswer, .outcomeUnknown: (.storeUnreachable, true)
            case .refused(_, _, let status, _, _): (.storeRefused, status >= 500 || status == 408 || status == 429)
            case .exists, .sourceTooSlow, .tooLarge, .file: (.internalError, true)
            }
        self.init(reason: reason, message: "\(error)", mayPass: mayPass)
    }

    /// What the rules refuse; nil when they do not.
    init?(_ findings: [Finding]) {
        let errors = findings.filter { $0.severity == .error }
        let unresolved = findings.filter { $0.severity == .unresolved }
        guard let list = errors.isEmpty ? (unresolved.isEmpty ? nil : unresolved) : errors else { return nil }
        let isTarget = !errors.isEmpty && errors.allSatisfy { $0.rule.rawValue.hasPrefix("restore.target.") }
        self.init(
            reason: errors.isEmpty ? .kubernetesUnavailable : isTarget ? .targetNotEmpty : .invalidSpec,
            message: list.map { "\($0.path): \($0.message)" }.joined(separator: "\n"), mayPass: errors.isEmpty)
    }

    /// What the init container of the first member said.
    init(_ report: AgentReport) {
        let reason: Reason =
            switch report.reason {
            case .snapshotNotFound?: .snapshotNotFound
            case .snapshotCorrupt?: .snapshotCorrupt
            case .snapshotChanged?: .snapshotChanged
            case .storeDenied?: .storeDenied
            case .storeRefused?: .storeRefused
            case .storeUnreachable?: .storeUnreachable
            case .noSpace?: .noSpace
            case .dataDirectoryNotEmpty?, .staleMemberData?: .targetNotEmpty
            case .timedOut?: .timedOut
            default: .memberNotRestored
            }
        // It was told to stop and begins anew by itself.
        self.init(reason: reason, message: report.message, mayPass: report.reason == .interrupted)
    }
}
