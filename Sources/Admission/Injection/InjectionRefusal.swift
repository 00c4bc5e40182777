import EtcdRecoverModel

/// Why a member's pod may not start: without the data it would start empty.
struct InjectionRefusal: Error, Hashable {
    let message: String

    init(_ message: String) { self.message = message }

    var status: Status {
        Status(status: "Failure", message: message, reason: "Forbidden", code: 403)
    }
}
