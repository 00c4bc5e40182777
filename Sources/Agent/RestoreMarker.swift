import EtcdRecoverModel
import FoundationEssentials
import Glibc

/// Which restore has laid a member, and what it said: a file that appears with the data, by the same rename.
struct RestoreMarker: Codable, Hashable, Sendable {
    /// In `member`, where etcd does not look at it.
    static let name = "etcdrecover.json"
    private static let longest = 64 << 10

    var restore: RestoreOrder.Record
    var report: AgentReport

    var json: [UInt8] {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
            return Array(try encoder.encode(self)) + [UInt8(ascii: "\n")]
        }
    }

    /// Whether this very restore wrote it. The name may be given to another later; the UID never is.
    func isOf(_ record: RestoreOrder.Record) -> Bool {
        restore.uid == record.uid && restore.generation == record.generation
    }

    /// Of a data directory; nil where there is none that can be read, which is no reason to take the data for ours.
    static func read(inDataDirectory path: String) -> RestoreMarker? {
        let file = open("\(path)/member/\(name)", O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: longest)
        var count = 0
        while count < bytes.count {
            let part = bytes.withUnsafeMutableBytes { buffer in
                Glibc.read(file, buffer.baseAddress.map { $0 + count }, buffer.count - count)
            }
            if part < 0, errno == EINTR { continue }
            guard part > 0 else { break }
            count += part
        }
        return try? JSONDecoder().decode(Self.self, from: Data(bytes.prefix(count)))
    }
}
