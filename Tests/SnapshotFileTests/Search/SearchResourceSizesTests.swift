import Testing

@testable import SnapshotFile

struct SearchResourceSizesTests {
    @Test func `history is what is not live`() throws {
        var counter = ResourceSizes.Counter(prefixes: KubernetesKey.defaultPrefixes)
        let stored = [
            ("/registry/pods/a/x", 100), ("/registry/pods/a/x", 120), ("/registry/pods/b/y", 30),
            ("/registry/minions/n", 500), ("compact_rev_key", 7),
        ]
        for (key, bytes) in stored { withBytes(key) { counter.addStored($0, bytes: bytes) } }
        for (key, bytes) in stored[1...] { withBytes(key) { counter.addLive($0, bytes: bytes) } }
        let sizes = counter.sizes()
        #expect(sizes.resources.map { $0.resource?.description } == ["nodes", "pods", nil])
        #expect(sizes.total == ResourceSizes.Size(objects: 4, live: 657, history: 100))
        let pods = sizes.resources[1]
        #expect(pods.size == ResourceSizes.Size(objects: 2, live: 150, history: 100))
        #expect(pods.namespaces.map(\.name) == ["a", "b"])
        #expect(pods.namespaces[0].size == ResourceSizes.Size(objects: 1, live: 120, history: 100))
        #expect(sizes.resources[0].namespaces.isEmpty)
    }

    @Test func `types and namespaces without number stay bounded, and nothing is lost`() {
        var counter = ResourceSizes.Counter(prefixes: KubernetesKey.defaultPrefixes)
        for number in 0..<5000 {
            withBytes("/registry/type\(number)/space/x") {
                counter.addStored($0, bytes: 10)
                counter.addLive($0, bytes: 10)
            }
        }
        for number in 0..<40_000 {
            withBytes("/registry/type0/space\(number)/x") { counter.addStored($0, bytes: 1) }
        }
        let sizes = counter.sizes()
        #expect(sizes.resources.count == 4097)
        #expect(sizes.total == ResourceSizes.Size(objects: 5000, live: 50_000, history: 40_000))
        let first = sizes.resources.first { $0.resource?.plural == "type0" }
        #expect(first?.namespaces.last?.name == nil)
        #expect(first?.namespaces.reduce(0) { $0 + $1.size.total } == first?.size.total)
    }
}
