import EtcdRecoverModel
import KubernetesClient

/// Objects of a kind as far as a watch has told of them. A value: what an event changes is decided here.
struct CacheContent<R: KubernetesResource>: Sendable {
    private(set) var objects: [ObjectName: R] = [:]
    private(set) var isListed = false

    /// The names of the objects that the event concerns.
    mutating func apply(_ event: WatchEvent<R>) -> [ObjectName] {
        switch event {
        case .listed(let all, _):
            isListed = true
            let old = objects
            objects = Dictionary(all.map { (Self.name($0), $0) }) { _, last in last }
            let gone = old.keys.filter { objects[$0] == nil }
            let changed = objects.filter {
                old[$0.key]?.metadata.resourceVersion != $0.value.metadata.resourceVersion
            }
            return gone + changed.keys
        case .added(let object), .modified(let object):
            let name = Self.name(object)
            guard store(object, at: name) else { return [] }
            return [name]
        case .deleted(let object):
            let name = Self.name(object)
            objects[name] = nil
            return [name]
        case .bookmark: return []
        }
    }

    /// What a write of our own gave back, so that nobody decides on what was before it. An object that is gone stays gone.
    mutating func store(_ object: R) {
        let name = Self.name(object)
        if objects[name]?.metadata.uid == object.metadata.uid { _ = store(object, at: name) }
    }

    /// False where a newer version is known: our own write was seen before the watch told of the one before it.
    private mutating func store(_ object: R, at name: ObjectName) -> Bool {
        if let known = objects[name], known.metadata.uid == object.metadata.uid,
            let ours = known.metadata.resourceVersion.flatMap({ UInt64($0) }),
            let theirs = object.metadata.resourceVersion.flatMap({ UInt64($0) }), ours > theirs
        {
            return false
        }
        objects[name] = object
        return true
    }

    static func name(_ object: R) -> ObjectName {
        ObjectName(namespace: object.metadata.namespace ?? "", name: object.metadata.name ?? "")
    }
}
