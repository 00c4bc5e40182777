import EtcdRecoverModel
import FoundationEssentials
import ObjectStore

extension StoredObject {
    /// What is not recorded is null, never absent.
    func json(uri: String, _ more: [String: JSONValue] = [:]) -> JSONValue {
        func text(_ value: String?) -> JSONValue { value.map { .string($0) } ?? .null }
        var members: [String: JSONValue] = [
            "uri": .string(uri), "key": .string(key.text), "size": .int(size),
            "modified": .string(modified.formatted(.iso8601)),
            "sha256": text(metadata?.sha256), "revision": metadata?.revision.map { .int($0) } ?? .null,
            "cluster": text(metadata?.cluster), "member": text(metadata?.member),
            "etcdVersion": text(metadata?.etcdVersion), "time": text(metadata?.time?.formatted(.iso8601)),
            "lockedUntil": text(lock?.retainUntil?.formatted(.iso8601)),
            "legalHold": .bool(lock?.hasLegalHold ?? false),
        ]
        members.merge(more) { $1 }
        return .object(members)
    }
}
