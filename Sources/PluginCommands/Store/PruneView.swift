import EtcdRecoverModel
import FoundationEssentials
import ObjectStore

/// What a plan looks like to a person and to a program.
struct PruneView {
    var plan: RetentionPlan
    var store: ObjectStore

    var text: String {
        Table(
            columns: ["", "KEY", "TAKEN", "REVISION", "SIZE", "WHY"],
            rows: plan.keep.map { row("keep", $0.object, $0.reason.text) }
                + plan.delete.reversed().map { row("delete", $0, "older") }
        ).text()
    }

    private func row(_ verb: String, _ object: StoredObject, _ why: String) -> [String] {
        [
            verb, object.key.text.printable(),
            (object.metadata?.time ?? SnapshotName.time(inKey: object.key.text) ?? object.modified).formatted(.iso8601),
            object.metadata?.revision.map { "\($0)" } ?? "", object.size.binarySize, why,
        ]
    }

    /// `outcome` nil: nothing was done.
    func json(outcome: (deleted: [ObjectKey], failed: [(ObjectKey, StoreError)])?) -> JSONValue {
        [
            "dryRun": .bool(outcome == nil),
            "deleted": .array((outcome?.deleted ?? []).map { .string(store.uri($0)) }),
            "failed": .array(
                (outcome?.failed ?? []).map { ["uri": .string(store.uri($0.0)), "reason": .string("\($0.1)")] }),
            "keep": .array(
                plan.keep.map { $0.object.json(uri: store.uri($0.object.key), ["reason": .string($0.reason.text)]) }),
            "delete": .array(plan.delete.map { $0.json(uri: store.uri($0.key)) }),
        ]
    }
}

extension RetentionPlan.Reason {
    fileprivate var text: String {
        switch self {
        case .newest(let place): place == 1 ? "the newest" : "number \(place) of the newest"
        case .inUse: "read by a restore that is not finished"
        case .locked(let until?): "locked until \(until.formatted(.iso8601))"
        case .locked(nil): "under a legal hold"
        case .foreign: "not one of this cluster's backups"
        case .unrecorded: "nothing was recorded with it"
        case .damagedRecord(let problem): "\(problem)"
        case .empty: "empty"
        case .fromTheFuture: "of a time still to come"
        }
    }
}
