import EtcdRecoverModel
import FoundationEssentials
import Glibc

/// A directory in the data directory that belongs to the agent at work, which holds its lock: the snapshot comes in there,
/// on the volume where it becomes the database.
struct Inbox: ~Copyable {
    static let name = ".etcdrecover.inbox"

    let path: String
    private let lock: Int32

    var snapshot: String { "\(path)/snapshot.db" }

    /// Makes the data directory where there is none, and clears what a killed agent has left.
    init(inDataDirectory data: String) throws(AgentFailure) {
        try Self.makeDirectories(data)
        let path = "\(data)/\(Self.name)"
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw .system("create", path) }
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { throw .system("open", path) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK else {
            close(descriptor)
            throw AgentFailure(
                .restoreFailed, "another agent works in \(data): two pods have the same volume", isTransient: true)
        }
        self.path = path
        lock = descriptor
        unlink(snapshot)
    }

    deinit { close(lock) }

    /// Takes it away; for when the member is laid, or cannot be.
    func remove() {
        unlink(snapshot)
        rmdir(path)
    }

    /// What a kill behind the last rename has left, if anything: directories with nothing of worth in them.
    static func removeLeftovers(inDataDirectory data: String) {
        unlink("\(data)/\(name)/snapshot.db")
        let names = (try? FileManager.default.contentsOfDirectory(atPath: data)) ?? []
        // Takes away empty ones only.
        for name in names where name.hasPrefix(".etcdrecover") { rmdir("\(data)/\(name)") }
    }

    /// Each new one is synced into the one that holds it, as what is built inside is to last.
    private static func makeDirectories(_ path: String) throws(AgentFailure) {
        guard access(path, F_OK) != 0 else { return }
        let parent = "/" + path.split(separator: "/").dropLast().joined(separator: "/")
        if parent != "/" { try makeDirectories(parent) }
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw .system("create", path) }
        let folder = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { throw .system("open", parent) }
        defer { close(folder) }
        guard fsync(folder) == 0 else { throw .system("sync", parent) }
    }
}
