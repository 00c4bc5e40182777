import Synchronization

/// Whether API servers should be sent here.
package final class Readiness: Sendable {
    private struct State {
        var hasReachedAPI = false
        var isListening = false
        var isDraining = false
    }

    private let state = Mutex(State())
    private let certificates: ServingCertificates

    package init(certificates: ServingCertificates) {
        self.certificates = certificates
    }

    func reachedAPI() { state.withLock { $0.hasReachedAPI = true } }
    func listening() { state.withLock { $0.isListening = true } }
    func drain() { state.withLock { $0.isDraining = true } }

    var isDraining: Bool { state.withLock { $0.isDraining } }

    /// Empty when ready.
    var reasonsAgainst: [String] {
        let state = state.withLock { $0 }
        var reasons: [String] = []
        if state.isDraining { reasons.append("shutting down") }
        if !state.isListening { reasons.append("not listening yet") }
        if certificates.current == nil { reasons.append("no serving certificate yet") }
        if !state.hasReachedAPI { reasons.append("the API server was not reached yet") }
        return reasons
    }
}
