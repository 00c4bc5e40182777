import EtcdRecoverModel

/// One rescue copy that members are being laid from, and who they are.
///
/// Found by what statuses name and nothing else: no part of a request ever becomes part of a path.
struct RescueGrant: Hashable, Sendable {
    var namespace: String
    var cluster: String
    /// Every member is laid from it, and not the first alone.
    var isPlain: Bool
    var key: String
    var sha256: String

    /// Nil where no recovery that is under way lays its members from what is asked for.
    init?(path: String, among recoveries: [EtcdRecovery]) {
        let grants = recoveries.lazy.compactMap(RescueGrant.init)
        // Byte for byte, as a file system takes names.
        guard let grant = grants.first(where: { "/\($0.key)".utf8.elementsEqual(path.utf8) }) else { return nil }
        self = grant
    }

    private init?(_ recovery: EtcdRecovery) {
        let status = recovery.status
        guard let namespace = recovery.metadata.namespace, status?.phase == .rebuilding || status?.phase == .scalingOut,
            let copy = status?.rescueCopies?.first(where: { $0.member == status?.survivor?.name }),
            let key = copy.keyOnVolume(in: namespace), let sha256 = copy.sha256
        else { return nil }
        self.namespace = namespace
        cluster = recovery.clusterName
        isPlain = status?.layout == .plain
        self.key = key
        self.sha256 = sha256
    }

    /// Whether that is a pod's own account, and the pod a member that is laid.
    func admits(_ user: UserInfo) -> Bool {
        let account = user.username?.split(separator: ":", omittingEmptySubsequences: false) ?? []
        guard account.count == 4, account[0] == "system", account[1] == "serviceaccount", account[2] == namespace,
            let pods = user.extra?["authentication.kubernetes.io/pod-name"], pods.count == 1,
            let pod = PodOrdinal(pods[0]), pod.base == cluster
        else { return false }
        return isPlain || pod.ordinal == 0
    }
}

extension EtcdRecovery.RescueCopy {
    /// Nil where it lies in an object store, and where it would be another namespace's.
    func keyOnVolume(in namespace: String) -> String? {
        guard let key = EtcdRecovery.RescueServer.key(ofLocation: location), key.hasPrefix("\(namespace)/") else {
            return nil
        }
        return key
    }
}
