import NIOCore
import Synchronization

/// The open connections of a listener. When the last place is taken, the most expendable one is closed, so that whoever
/// holds connections open without a use for them cannot keep others out.
final class ConnectionRoster: Sendable {
    private struct Entry {
        var channel: any Channel
        var deadline: ConnectionDeadline
    }

    private let entries = Mutex<[ObjectIdentifier: Entry]>([:])
    private let limit: Int

    init(limit: Int) { self.limit = limit }

    func add(_ channel: any Channel, _ deadline: ConnectionDeadline) {
        let key = ObjectIdentifier(channel)
        let expendable = entries.withLock { entries in
            // Only at the limit is anybody looked for, among those who were here before.
            let loser = entries.count + 1 >= limit ? Self.mostExpendable(of: entries) : nil
            entries[key] = Entry(channel: channel, deadline: deadline)
            // At once, or the next one to come would choose it again before it is closed.
            return loser.flatMap { entries.removeValue(forKey: $0) }?.channel
        }
        expendable?.close(promise: nil)
        channel.closeFuture.whenComplete { _ in self.entries.withLock { $0[key] = nil } }
    }

    private static func mostExpendable(of entries: [ObjectIdentifier: Entry]) -> ObjectIdentifier? {
        var lowest: (Int, UInt64)?
        var loser: ObjectIdentifier?
        for (key, entry) in entries {
            guard let turn = entry.deadline.turnToGo, lowest.map({ turn < $0 }) ?? true else { continue }
            (lowest, loser) = (turn, key)
        }
        return loser
    }
}
