import EtcdRecoverModel
import Synchronization

/// What this process knows of restores that are under way, one thing of each.
final class Notes<Note: Sendable>: Sendable {
    private let notes = Mutex<[ObjectName: (uid: String?, note: Note)]>([:])

    func note(_ note: Note, _ name: ObjectName, of restore: EtcdRestore) {
        notes.withLock { $0[name] = (restore.metadata.uid, note) }
    }

    /// None of an object of the same name that was there before.
    func find(_ name: ObjectName, of restore: EtcdRestore) -> Note? {
        guard let found = notes.withLock({ $0[name] }), found.uid == restore.metadata.uid else { return nil }
        return found.note
    }

    /// The same, once.
    func take(_ name: ObjectName, of restore: EtcdRestore) -> Note? {
        defer { clear(name) }
        return find(name, of: restore)
    }

    func clear(_ name: ObjectName) { notes.withLock { $0[name] = nil } }
}
