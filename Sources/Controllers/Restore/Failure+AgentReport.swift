import EtcdRecoverModel

extension Failure {
    /// What the agent of a member said.
    init(_ report: AgentReport) {
        let reason: Reason =
            switch report.reason {
            case .snapshotNotFound?: .snapshotNotFound
            case .snapshotCorrupt?: .snapshotCorrupt
            case .snapshotChanged?: .snapshotChanged
            case .storeAccessDenied?: .storeAccessDenied
            case .storeRefused?: .storeRefused
            case .storeUnreachable?: .storeUnreachable
            case .noSpace?: .noSpace
            case .dataDirectoryNotEmpty?, .staleMemberData?: .targetNotEmpty
            case .timedOut?: .timedOut
            case .memberRuns?: .memberRuns
            case .bucketNotFound?: .bucketNotFound
            default: .memberNotRestored
            }
        // It was told to stop and begins anew by itself, or an etcd that keeps ending was just started once more.
        self.init(
            reason: reason, message: report.message,
            mayPass: report.reason == .interrupted || report.reason == .memberRuns)
    }
}
