import EtcdRecoverModel
import Glibc
import SnapshotFile

/// What `objects --sizes` prints and draws.
struct SizeReport {
    var sizes: ResourceSizes
    var reading: SnapshotReading

    /// `isDrawnOnly`: a table is not asked for.
    func print(as format: DataFormat?, drawing path: String?, isDrawnOnly: Bool, on console: Console) throws {
        if let path {
            try draw(into: path)
            console.note("drawn into \(path)")
        }
        if isDrawnOnly, format == nil { return }
        if let format {
            try console.print(json.rendered(as: format))
        } else if !sizes.resources.isEmpty {
            try console.print(table.text())
        } else {
            console.note("\(reading.file) has no keys.")
        }
    }

    private var table: Table {
        let rows = sizes.resources.map { row(title: $0.title.printable(), $0.size) }
        return Table(
            columns: ["RESOURCE", "OBJECTS", "LIVE", "HISTORY", "TOTAL", "SHARE"],
            rows: rows + [row(title: "(all)", sizes.total)])
    }

    private func row(title: String, _ size: ResourceSizes.Size) -> [String] {
        [
            title, "\(size.objects)", Int64(size.live).binarySize, Int64(size.history).binarySize,
            Int64(size.total).binarySize, size.total.share(of: sizes.total.total),
        ]
    }

    private var json: JSONValue {
        .object([
            "revision": .int(reading.keyspace.revision), "total": .object(Self.members(of: sizes.total)),
            "resources": .array(
                sizes.resources.map { resource in
                    .object(
                        Self.members(of: resource.size).merging(
                            [
                                "resource": resource.resource.map { .string($0.plural) } ?? .null,
                                "group": resource.resource.map { .string($0.group) } ?? .null,
                                "namespaces": .array(
                                    resource.namespaces.map { namespace in
                                        .object(
                                            Self.members(of: namespace.size).merging(
                                                ["namespace": namespace.name.map { .string($0) } ?? .null]) { $1 })
                                    }),
                            ]) { $1 })
                }),
        ])
    }

    private static func members(of size: ResourceSizes.Size) -> [String: JSONValue] {
        [
            "objects": .int(Int64(size.objects)), "liveBytes": .int(Int64(size.live)),
            "historyBytes": .int(Int64(size.history)), "totalBytes": .int(Int64(size.total)),
        ]
    }

    private func draw(into path: String) throws(CommandFailure) {
        let name = reading.file.split(separator: "/").last.map(String.init) ?? reading.file
        let text =
            path.lowercased().hasSuffix(".svg")
            ? TreemapDrawing(sizes: sizes, title: "What takes the space in \(name)").standaloneSVG()
            : TreemapPage(sizes: sizes, name: name, revision: reading.keyspace.revision).html()
        let part = path + ".part"
        let descriptor = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw Self.failure(creating: part) }
        defer { close(descriptor) }
        do {
            try Console(output: descriptor).print(text)
        } catch {
            unlink(part)
            throw error
        }
        guard rename(part, path) == 0 else { throw Self.failure(creating: path) }
    }

    private static func failure(creating path: String) -> CommandFailure {
        CommandFailure("cannot create \(path): \(String(cString: strerror(errno)))")
    }
}
