import EtcdRecoverModel

/// Why a member's pod may not start: without the data it would start empty.
package struct InjectionRefusal: Error, Hashable, CustomStringConvertible {
    package let message: String

    package var description: String { message }

    init(_ message: String) { self.message = message }

    var status: Status {
        Status(status: "Failure", message: message, reason: "Forbidden", code: 403)
    }
}
