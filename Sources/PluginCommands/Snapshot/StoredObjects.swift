import EtcdRecoverModel
import FoundationEssentials
import SnapshotFile

/// What `objects` lists and prints.
struct StoredObjects {
    var reading: SnapshotReading
    var prefixes: [String]
    var revision: Int64
    var selection: ObjectSelection

    /// In bytes, far above what an API server stores.
    private static let largestObject = 16 << 20

    func print(as format: SnapshotObjects.Format?, on console: Console) throws {
        let count =
            switch format {
            case nil: try printTable(on: console)
            case .name: try printNames(on: console)
            case .json: try printData(as: .json, on: console)
            case .yaml: try printData(as: .yaml, on: console)
            }
        if count == 0, selection.name != nil { throw notFound }
        if count == 0 {
            console.note(
                "No such objects in \(reading.file) at revision \(revision). "
                    + "The types it has: kubectl etcdrecover snapshot objects \(reading.file) --sizes")
        }
    }

    private func printTable(on console: Console) throws -> Int {
        var table = StreamedTable(
            columns: ["RESOURCE", "NAMESPACE", "NAME", "SIZE", "REVISION", "STORED AS"], on: console)
        let count = try forEach { key, entry in
            try table.add([
                key.resource.description.printable(), (key.namespace ?? "").printable(), key.name.printable(),
                "\(entry.value.count)", "\(entry.modRevision)", StoredValue(entry.value).description.printable(),
            ])
        }
        if count > 0 { try table.finish() }
        return count
    }

    private func printNames(on console: Console) throws -> Int {
        var output = OutputBuffer(console)
        let count = try forEach { key, _ in try output.write("\(key.resource)/\(key.name)".printable() + "\n") }
        try output.flush()
        return count
    }

    private func printData(as format: DataFormat, on console: Console) throws -> Int {
        var list = DataList("objects", as: format, on: console)
        let count = try forEach { key, entry in
            var members = entry.metadataMembers.merging(StoredValue(entry.value).jsonMembers) { $1 }
            members["resource"] = .string(key.resource.plural)
            members["group"] = .string(key.resource.group)
            members["name"] = .string(key.name)
            if let namespace = key.namespace { members["namespace"] = .string(namespace) }
            try list.append(.object(members))
        }
        try list.finish(["revision": .int(revision)])
        return count
    }

    /// The one object that is asked for. Throws when there is none, several, or one that is not stored as JSON.
    func printObject(as format: DataFormat, on console: Console) throws {
        var found: [(key: KubernetesKey, entry: KeyVersion)] = []
        try forEach { key, entry in if found.count < 2 { found.append((key, entry)) } }
        guard let (key, entry) = found.first else { throw notFound }
        guard found.count == 1 else {
            throw CommandFailure(
                "\(selection.name ?? "") is the name of several objects",
                hint: "narrow it with the resource's group or -n NAMESPACE", status: .usage)
        }
        let value = StoredValue(entry.value)
        guard value == .json, entry.value.count <= Self.largestObject,
            let object = try? JSONDecoder().decode(JSONValue.self, from: Data(entry.value.buffer))
        else { throw unreadable(key, entry, value) }
        try console.print(object.withoutManagedFields.rendered(as: format))
    }

    @discardableResult
    private func forEach(_ body: (KubernetesKey, KeyVersion) throws -> Void) throws -> Int {
        var count = 0
        _ = try reading.read { keyspace in
            try keyspace.forEachLiveKey(in: .all, at: revision) { entry in
                guard let key = KubernetesKey(entry.key, prefixes: prefixes), selection.contains(key) else {
                    return true
                }
                count += 1
                try body(key, entry)
                return true
            }
        }
        return count
    }

    private var notFound: CommandFailure {
        let place = selection.namespace.map { " in namespace \($0)" } ?? ""
        let resource = selection.resource ?? "object"
        return CommandFailure(
            "\(reading.file) has no \(resource) \(selection.name ?? "")\(place) at revision \(revision)",
            hint: "see which there are with: kubectl etcdrecover snapshot objects \(reading.file)"
                + (selection.resource.map { " \($0)" } ?? ""))
    }

    private func unreadable(_ key: KubernetesKey, _ entry: KeyVersion, _ value: StoredValue) -> CommandFailure {
        let why =
            switch value {
            case .json: "is no well-formed JSON of at most \(Self.largestObject) bytes"
            case .encrypted: "is stored \(value), under a key that only the API server has"
            default: "is stored as \(value)"
            }
        return CommandFailure(
            "\(key.resource)/\(key.name) \(why) and cannot be printed as an object",
            hint: "its bytes: kubectl etcdrecover snapshot get \(reading.file) \(KeyText.text(of: entry.key))")
    }
}
