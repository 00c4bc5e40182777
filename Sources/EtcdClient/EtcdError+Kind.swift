import HTTP

extension EtcdError {
    /// What a failure means, where etcd tells it apart.
    package enum Kind: Hashable, Sendable {
        // Nothing of the call has happened.
        case unreachable
        case tls
        case noLeader
        case unhealthyCluster
        case notForLearners
        case unimplemented

        // It is not known what has happened.
        case connectionLost
        case deadlineExceeded
        case requestTimedOut
        case leaderChanged
        case serverStopped
        case unavailable

        // Who is asking
        case authenticationNeeded
        case authenticationFailed
        case authenticationOff
        case invalidToken
        case permissionDenied

        // What is asked for
        case compacted
        case futureRevision
        case spaceExceeded
        case corrupt
        case requestTooLarge
        case memberNotFound
        case memberExists
        case tooManyLearners
        case learnerNotReady
        case notEnoughMembers
        case leaseNotFound

        case malformedAnswer
        case other
    }

    package var kind: Kind {
        switch reason {
        case .transport(let error): Self.kind(of: error)
        case .status(let status): Self.kind(of: status)
        case .watchCanceled(_, .some): .compacted
        case .watchCanceled(let text, nil): Self.kind(of: GRPCStatus(code: .unknown, message: text))
        case .malformed: .malformedAnswer
        }
    }

    private static func kind(of error: HTTPError) -> Kind {
        switch error {
        case .cannotResolve, .cannotConnect, .proxy, .timedOut(_, .connect, _), .invalidURL, .invalidRequest:
            .unreachable
        case .tls: .tls
        case .timedOut: .deadlineExceeded
        case .connectionLost, .clientClosed, .transport: .connectionLost
        case .headersTooLarge, .bodyTooLarge, .malformedResponse, .bodyLengthMismatch: .malformedAnswer
        }
    }

    /// By its text first: releases differ in the codes, and authentication's errors reach some calls as UNKNOWN.
    private static func kind(of status: GRPCStatus) -> Kind {
        if let known = texts.first(where: { status.message.contains($0.text) }) { return known.kind }
        return codes[status.code] ?? .other
    }

    private static let texts: [(text: String, kind: Kind)] = [
        ("no leader", .noLeader),
        ("leader changed", .leaderChanged),
        ("unhealthy cluster", .unhealthyCluster),
        ("request timed out", .requestTimedOut),
        ("server stopped", .serverStopped),
        ("rpc not supported for learner", .notForLearners),
        ("invalid auth token", .invalidToken),
        // The token is older than the last change of users and roles.
        ("revision of auth store is old", .invalidToken),
        ("user name is empty", .authenticationNeeded),
        // The client certificate's common name is no user of etcd's: it stands for nobody.
        ("user name not found", .authenticationNeeded),
        ("authentication failed", .authenticationFailed),
        ("authentication is not enabled", .authenticationOff),
        ("permission denied", .permissionDenied),
        ("required revision has been compacted", .compacted),
        ("required revision is a future revision", .futureRevision),
        ("database space exceeded", .spaceExceeded),
        ("corrupt cluster", .corrupt),
        ("request is too large", .requestTooLarge),
        ("member not found", .memberNotFound),
        ("Peer URLs already exists", .memberExists),
        ("member ID already exist", .memberExists),
        ("too many learner members", .tooManyLearners),
        ("can only promote a learner member which is in sync", .learnerNotReady),
        ("not enough started members", .notEnoughMembers),
        ("requested lease not found", .leaseNotFound),
    ]

    private static let codes: [GRPCStatus.Code: Kind] = [
        .unavailable: .unavailable, .deadlineExceeded: .deadlineExceeded, .unauthenticated: .invalidToken,
        .permissionDenied: .permissionDenied, .unimplemented: .unimplemented, .dataLoss: .corrupt,
    ]
}

extension EtcdError.Kind {
    /// Whether another member may answer where this one did not. `isRead`: it does no harm if both do.
    func leavesOthersToTry(isRead: Bool) -> Bool {
        switch self {
        case .unreachable, .tls, .noLeader, .unhealthyCluster, .notForLearners: true
        case .connectionLost, .deadlineExceeded, .requestTimedOut, .leaderChanged, .serverStopped, .unavailable,
            .malformedAnswer, .corrupt:
            isRead
        default: false
        }
    }

    /// The server wants a token, or a newer one.
    var asksForToken: Bool { self == .invalidToken || self == .authenticationNeeded }

    /// No member with a say was there to decide: the reason why authentication fails without quorum.
    package var isUnavailability: Bool {
        switch self {
        case .noLeader, .deadlineExceeded, .requestTimedOut, .leaderChanged, .serverStopped, .unavailable,
            .unhealthyCluster:
            true
        default: false
        }
    }

    /// What the operator does next, where etcd's own words leave it open.
    var advice: String? {
        switch self {
        case .noLeader: "the cluster has lost its quorum, or is electing a leader"
        case .authenticationNeeded: "give a user and a password, or a client certificate whose common name is a user"
        case .authenticationFailed: "check user and password"
        case .permissionDenied: "the user needs a role for this, root for maintenance"
        case .spaceExceeded: "compact, defragment and disarm the NOSPACE alarm, or raise the quota"
        case .notForLearners: "ask a voting member"
        case .learnerNotReady: "wait until it has caught up with the leader"
        case .notEnoughMembers: "start the members that were added but never joined, or remove them"
        case .unimplemented: "this release of etcd does not know the call"
        default: nil
        }
    }
}
