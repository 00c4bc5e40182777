import ClusterAccess
import EtcdClient
import EtcdRecoverModel
import KubernetesClient
import ObjectStore

extension Failure {
    init(_ error: any Error) {
        switch error {
        case let error as Failure: self = error
        case let error as LocationFailure: self.init(error)
        case let error as NoMemberForSnapshot:
            self.init(reason: .noHealthyMember, message: "\(error)", mayPass: true)
        case let error as NoEndpointAnswered:
            let failures = error.failures.map { Failure($0) }
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

    /// Of who writes: what is not there is the bucket.
    init(ofUpload error: any Error) {
        switch error {
        case StoreError.notFound(let place): self.init(StoreError.noBucket(place))
        // On the way there, and not the snapshot itself.
        case StoreError.damaged, StoreError.wrongSize:
            self.init(reason: .storeRefused, message: "\(error)", mayPass: true)
        default: self.init(error)
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
        let (reason, mayPass): (Reason, Bool) =
            switch error {
            case .notFound: (.snapshotNotFound, false)
            case .noBucket: (.bucketNotFound, false)
            case .sourceTooSlow: (.snapshotTimeout, false)
            case .noCredentials: (.credentialsMissing, false)
            case .denied, .cannotTellWhetherExists: (.storeAccessDenied, false)
            case .exists: (.objectExists, false)
            case .invalidKey, .invalidLocation: (.invalidSpec, false)
            case .unreachable, .outcomeUnknown, .unusableAnswer: (.storeUnreachable, true)
            case .refused(_, _, let status, _, _): (.storeRefused, status >= 500 || status == 408 || status == 429)
            case .tooLarge, .locked: (.storeRefused, false)
            case .changed: (.snapshotChanged, false)
            case .damaged, .wrongSize: (.snapshotCorrupt, false)
            case .file: (.storeRefused, true)
            }
        self.init(reason: reason, message: "\(error)", mayPass: mayPass)
    }
}

extension Failure {
    /// What the rules refuse; nil when they do not. `reason` says what the errors come to.
    init?(_ findings: [Finding], reason: (_ errors: [Finding]) -> Reason) {
        let errors = findings.filter { $0.severity == .error }
        let unresolved = findings.filter { $0.severity == .unresolved }
        guard let list = errors.isEmpty ? (unresolved.isEmpty ? nil : unresolved) : errors else { return nil }
        self.init(
            reason: errors.isEmpty ? .kubernetesUnavailable : reason(errors),
            message: list.map { "\($0.path): \($0.message)" }.joined(separator: "\n"), mayPass: errors.isEmpty)
    }
}
