/// Why work on an object did not succeed, and whether waiting may mend it.
struct Failure: Error, Hashable, Sendable, CustomStringConvertible {
    /// One CamelCase word, as conditions, Events and metrics have it. All there are: a metric's label is bounded by them.
    enum Reason: String, Sendable {
        case invalidSpec = "InvalidSpec"
        case kubernetesUnavailable = "KubernetesUnavailable"
        case internalError = "InternalError"
        case timedOut = "TimedOut"

        // The cluster
        case clusterNotFound = "ClusterNotFound"
        case membersUnreachable = "MembersUnreachable"
        case noHealthyMember = "NoHealthyMember"
        case etcdAccessDenied = "EtcdAccessDenied"
        case snapshotFailed = "SnapshotFailed"
        case snapshotTimeout = "SnapshotTimeout"

        // The store
        case credentialsMissing = "CredentialsMissing"
        case storeAccessDenied = "StoreAccessDenied"
        case bucketNotFound = "BucketNotFound"
        case objectExists = "ObjectExists"
        case storeRefused = "StoreRefused"
        case storeUnreachable = "StoreUnreachable"
        case snapshotNotFound = "SnapshotNotFound"
        case snapshotCorrupt = "SnapshotCorrupt"
        case snapshotChanged = "SnapshotChanged"

        // A restore's target
        case targetNotEmpty = "TargetNotEmpty"
        case backupNotUsable = "BackupNotUsable"
        case noSpace = "NoSpace"
        case injectionUnavailable = "InjectionUnavailable"
        case memberNotRestored = "MemberNotRestored"
        case memberRuns = "MemberRuns"
        case stateChanged = "StateChanged"
        case verificationFailed = "VerificationFailed"
    }

    var reason: Reason
    /// What a person can act on.
    var message: String
    /// Whether waiting may mend it. What only a person can mend fails at once.
    var mayPass: Bool

    var description: String { message }
}

extension Failure.Reason {
    private static let ofAll: [Self] = [.invalidSpec, .kubernetesUnavailable, .internalError, .timedOut]
    private static let ofCluster: [Self] = [
        .clusterNotFound, .membersUnreachable, .noHealthyMember, .etcdAccessDenied, .snapshotFailed,
    ]
    private static let ofStore: [Self] = [
        .credentialsMissing, .storeAccessDenied, .bucketNotFound, .storeRefused, .storeUnreachable, .snapshotNotFound,
        .snapshotCorrupt, .snapshotChanged,
    ]
    static let ofBackups = ofAll + ofCluster + ofStore + [.snapshotTimeout, .objectExists]
    static let ofRestores =
        ofAll + ofCluster + ofStore + [
            .targetNotEmpty, .backupNotUsable, .noSpace, .injectionUnavailable, .memberNotRestored,
            .verificationFailed,
        ]
}
