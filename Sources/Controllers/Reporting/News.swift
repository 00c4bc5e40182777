/// What is said of a change.
struct News: Hashable, Sendable {
    var isWarning = false
    var reason: String
    var message: String
}

extension News {
    init(_ failure: Failure) {
        self.init(isWarning: true, reason: failure.reason.rawValue, message: failure.message)
    }
}
