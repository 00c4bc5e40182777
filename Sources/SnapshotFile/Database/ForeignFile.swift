/// Files that are taken for snapshots by mistake, known by how they begin.
enum ForeignFile: String, CaseIterable {
    case writeAheadLog = "a write-ahead log (WAL) of a member"
    case gzip = "a gzip archive: unpack it first"
    case zstandard = "a Zstandard archive: unpack it first"
    case tar = "a tar archive: unpack it first"

    init?(_ content: Bytes) {
        guard let found = Self.allCases.first(where: { $0.begins(content) }) else { return nil }
        self = found
    }

    private func begins(_ content: Bytes) -> Bool {
        switch self {
        case .writeAheadLog: content.starts(with: [4, 0, 0, 0, 0, 0, 0, 0x84, 0x08, 0x04, 0x10, 0x00])
        case .gzip: content.starts(with: [0x1F, 0x8B])
        case .zstandard: content.starts(with: [0x28, 0xB5, 0x2F, 0xFD])
        case .tar: content.slice(from: 257)?.starts(with: Array("ustar".utf8)) ?? false
        }
    }
}
