import ClusterAccess
import EtcdClient
import EtcdRecoverModel
import KubernetesClient
import ObjectStore

/// Why a backup did not succeed, and whether another attempt may.
struct BackupFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// One CamelCase word, as conditions, Events and metrics have it. All there are: a metric's label is bounded by them.
    enum Reason: String, CaseIterable, Sendable {
        case invalidSpec = "InvalidSpec"
        case clusterNotFound = "ClusterNotFound"
        case membersUnreachable = "MembersUnreachable"
        case noHealthyMember = "NoHealthyMember"
        case etcdAccessDenied = "EtcdAccessDenied"
        case snapshotFailed = "SnapshotFailed"
        case snapshotTimeout = "SnapshotTimeout"
        case credentialsMissing = "CredentialsMissing"
        case storeAccessDenied = "StoreAccessDenied"
        case bucketNotFound = "BucketNotFound"
        case objectExists = "ObjectExists"
        case storeRefused = "StoreRefused"
        case storeUnreachable = "StoreUnreachable"
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

extension BackupFailure {
    init(_ error: any Error) {
        switch error {
        case let error as BackupFailure: self = error
        case let error as LocationFailure: self.init(error)
        case let error as NoMemberForSnapshot:
            self.init(reason: .noHealthyMember, message: "\(error)", mayPass: true)
        case let error as NoEndpointAnswered:
            let failures = error.failures.map(BackupFailure.init)
            // What only a person can mend tells more than a member that is down beside it.
            let worst = failures.first { !$0.mayPass } ?? failures.first
            self.init(
                reason: worst?.reason ?? .membersUnreachable, message: "\(error)", mayPass: worst?.mayPass ?? true)
        case let error as EtcdError: self.init(error)
        case let error as SnapshotStreamError:
            self.init(reason: .snapshotFailed, message: "\(error)", mayPass: true)
        case let error as StoreError: self.init(error)
        case let error as KubernetesError:
            // A right that is missing, for one, is granted or not; the others pass.
            self.init(
                reason: .kubernetesUnavailable, message: "\(error)", mayPass: !error.isForbidden && !error.isInvalid)
        default: self.init(reason: .internalError, message: "\(error)", mayPass: true)
        }
    }

    private init(_ failure: LocationFailure) {
        switch failure {
        case .notFound: self.init(reason: .clusterNotFound, message: "\(failure)", mayPass: false)
        // Members come back.
        case .noPods: self.init(reason: .membersUnreachable, message: "\(failure)", mayPass: true)
        case .forbidden: self.init(reason: .kubernetesUnavailable, message: "\(failure)", mayPass: false)
        case .noSecret, .incompleteSecret, .noCertificates:
            self.init(reason: .credentialsMissing, message: "\(failure)", mayPass: false)
        }
    }

    private init(_ error: EtcdError) {
        let (reason, mayPass): (Reason, Bool) =
            switch error.kind {
            case .authenticationNeeded, .authenticationFailed, .permissionDenied, .tls: (.etcdAccessDenied, false)
            case .unreachable: (.membersUnreachable, true)
            default: (.snapshotFailed, true)
            }
        self.init(reason: reason, message: "\(error)", mayPass: mayPass)
    }

    private init(_ error: StoreError) {
        // To who writes, what is not there is the bucket.
        if case .notFound(let place) = error {
            self.init(StoreError.noBucket(place))
            return
        }
        let (reason, mayPass): (Reason, Bool) =
            switch error {
            case .sourceTooSlow: (.snapshotTimeout, false)
            case .noCredentials: (.credentialsMissing, false)
            case .denied, .cannotTellWhetherExists: (.storeAccessDenied, false)
            case .noBucket, .notFound: (.bucketNotFound, false)
            case .exists: (.objectExists, false)
            case .invalidKey, .invalidLocation: (.invalidSpec, false)
            case .unreachable, .outcomeUnknown, .changed: (.storeUnreachable, true)
            case .refused(_, _, let status, _, _): (.storeRefused, status >= 500 || status == 408 || status == 429)
            case .tooLarge, .locked: (.storeRefused, false)
            case .unusableAnswer, .damaged, .wrongSize, .file: (.storeRefused, true)
            }
        self.init(reason: reason, message: "\(error)", mayPass: mayPass)
    }

    /// What the rules refuse; nil when they do not.
    init?(_ findings: [Finding]) {
        let errors = findings.filter { $0.severity == .error }
        let unresolved = findings.filter { $0.severity == .unresolved }
        guard let list = errors.isEmpty ? (unresolved.isEmpty ? nil : unresolved) : errors else { return nil }
        self.init(
            reason: errors.isEmpty ? .kubernetesUnavailable : Self.reason(of: errors),
            message: list.map { "\($0.path): \($0.message)" }.joined(separator: "\n"), mayPass: errors.isEmpty)
    }

    /// Of what is wrong with the cluster or the Secret alone, which was there when the object was admitted.
    private static func reason(of errors: [Finding]) -> Reason {
        let rules = Set(errors.map(\.rule.rawValue))
        if rules == ["backup.clusterRef.notFound"] { return .clusterNotFound }
        return rules.allSatisfy { $0.hasPrefix("secret.") } ? .credentialsMissing : .invalidSpec
    }
}
