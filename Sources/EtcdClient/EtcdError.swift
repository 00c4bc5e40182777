package import HTTP

/// Why one call to one endpoint failed. Carries neither passwords nor tokens.
package struct EtcdError: Error, Hashable, Sendable {
    package let endpoint: EtcdEndpoint
    /// Such as `Snapshot`.
    package let call: String
    package let reason: Reason

    package enum Reason: Hashable, Sendable {
        /// No whole answer came.
        case transport(HTTPError)
        /// The server's answer.
        case status(GRPCStatus)
        /// The server ended a watch. `compacted`: the oldest revision that is left, where the one asked for is gone.
        case watchCanceled(String, compacted: Revision?)
        /// The answer is none of etcd's.
        case malformed(String)
    }

    package init(endpoint: EtcdEndpoint, call: String, reason: Reason) {
        self.endpoint = endpoint
        self.call = call
        self.reason = reason
    }
}

extension EtcdError: CustomStringConvertible {
    package var description: String {
        let what: String =
            switch reason {
            // It names the endpoint itself.
            case .transport(let error): "\(error)"
            case .status(let status): "\(endpoint) answered: \(status)"
            case .watchCanceled(let text, nil): "\(endpoint) ended the watch: \(text)"
            case .watchCanceled(_, let compacted?):
                "\(endpoint) has compacted its history up to revision \(compacted)"
            case .malformed(let text): "\(endpoint) did not answer as etcd does: \(text)"
            }
        return "\(call): \(what)" + (advice.map { "; \($0)" } ?? "")
    }
}

extension EtcdError {
    private var advice: String? {
        // A server that refuses a certificate may have closed before its reason could be read.
        if case .transport(.connectionLost(_, 0)) = reason, endpoint.isSecure {
            return "if it asks for client certificates, check ours"
        }
        return kind.advice
    }
}

/// Why a call failed at each of several endpoints, in the order in which they were tried.
package struct NoEndpointAnswered: Error, Sendable, CustomStringConvertible {
    package let failures: [EtcdError]

    package init(failures: [EtcdError]) { self.failures = failures }

    package var description: String {
        "none of \(failures.count) endpoints gave an answer:"
            + failures.map { "\n  \($0)" }.joined()
    }
}
