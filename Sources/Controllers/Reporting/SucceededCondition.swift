import EtcdRecoverModel
import FoundationEssentials

/// The one condition of backups and restores: whether the work succeeded, and why or why not; Unknown while it is under way.
enum SucceededCondition {
    static let type = "Succeeded"
}

extension [Condition]? {
    /// As of the object's generation.
    mutating func setSucceeded(
        _ status: String, _ reason: String, _ message: String, of object: ObjectMeta, at now: Date
    ) {
        var conditions = self ?? []
        conditions.set(
            Condition(
                type: SucceededCondition.type, status: status, observedGeneration: object.generation, reason: reason,
                message: message), at: now)
        self = conditions
    }
}
