/// What each type of object takes in a database: the entries' keys and values, without the pages around them.
package struct ResourceSizes: Sendable {
    package struct Size: Hashable, Sendable {
        /// Live keys.
        package var objects = 0
        /// Of their newest versions, in bytes.
        package var live = 0
        /// Of older versions and tombstones, in bytes: what a compaction would free.
        package var history = 0

        package var total: Int { live + history }

        package static func + (one: Size, other: Size) -> Size {
            Size(
                objects: one.objects + other.objects, live: one.live + other.live, history: one.history + other.history)
        }
    }

    package struct Resource: Hashable, Sendable {
        /// Nil for keys that are no Kubernetes objects.
        package var resource: KubernetesResource?
        package var size: Size
        /// The largest first. Empty for cluster-scoped objects; a nil name stands for all namespaces not listed.
        package var namespaces: [Namespace]
    }

    package struct Namespace: Hashable, Sendable {
        package var name: String?
        package var size: Size
    }

    /// The largest first.
    package var resources: [Resource]

    package var total: Size { resources.reduce(Size()) { $0 + $1.size } }

    package init(resources: [Resource]) {
        self.resources = resources
    }
}

extension ResourceSizes {
    /// Adds up entries. First all entries of the database go in by `addStored`, then the live ones by `addLive` too.
    ///
    /// Bounded whatever the keys are: types and namespaces beyond the limits are counted together.
    struct Counter {
        private struct Place: Hashable {
            var resource: KubernetesResource
            var namespace: String
        }

        fileprivate struct Count {
            var objects = 0
            var live = 0
            var stored = 0

            var size: Size { Size(objects: objects, live: live, history: max(0, stored - live)) }
        }

        private static let mostResources = 4096
        private static let mostNamespaces = 32768

        private let prefixes: [String]
        private var resources: [KubernetesResource: Count] = [:]
        private var namespaces: [Place: Count] = [:]
        private var others = Count()

        init(prefixes: [String]) {
            self.prefixes = prefixes
        }

        mutating func addStored(_ key: Bytes, bytes: Int) {
            add(Count(stored: bytes), to: key)
        }

        mutating func addLive(_ key: Bytes, bytes: Int) {
            add(Count(objects: 1, live: bytes), to: key)
        }

        private mutating func add(_ count: Count, to key: Bytes) {
            guard let key = KubernetesKey(key, prefixes: prefixes),
                resources[key.resource] != nil || resources.count < Self.mostResources
            else {
                others.add(count)
                return
            }
            resources[key.resource, default: Count()].add(count)
            guard let namespace = key.namespace else { return }
            let place = Place(resource: key.resource, namespace: namespace)
            if namespaces[place] != nil || namespaces.count < Self.mostNamespaces {
                namespaces[place, default: Count()].add(count)
            }
        }

        func sizes() -> ResourceSizes {
            let byResource = Dictionary(grouping: namespaces, by: \.key.resource)
            var rows = resources.map { resource, count in
                Resource(
                    resource: resource, size: count.size,
                    namespaces: Self.namespaces(byResource[resource] ?? [], of: count))
            }
            if others.stored > 0 { rows.append(Resource(resource: nil, size: others.size, namespaces: [])) }
            return ResourceSizes(
                resources: rows.sorted {
                    ($1.size.total, $0.resource?.description ?? "~") < ($0.size.total, $1.resource?.description ?? "~")
                })
        }

        private static func namespaces(_ counts: [(key: Place, value: Count)], of whole: Count) -> [Namespace] {
            guard !counts.isEmpty else { return [] }
            var rows = counts.map { Namespace(name: $0.key.namespace, size: $0.value.size) }
                .sorted { ($1.size.total, $0.name ?? "") < ($0.size.total, $1.name ?? "") }
            let counted = counts.reduce(into: Count()) { $0.add($1.value) }
            if counted.stored < whole.stored {
                let rest = Count(
                    objects: whole.objects - counted.objects, live: whole.live - counted.live,
                    stored: whole.stored - counted.stored)
                rows.append(Namespace(name: nil, size: rest.size))
            }
            return rows
        }
    }
}

extension ResourceSizes.Counter.Count {
    fileprivate mutating func add(_ other: Self) {
        objects += other.objects
        live += other.live
        stored += other.stored
    }
}
