import Testing

@testable import PluginCommands
@testable import SnapshotFile

struct TreemapTests {
    private func sizes(_ name: String, namespaces: [String?] = []) -> ResourceSizes {
        let size = ResourceSizes.Size(objects: 1, live: 1000, history: 24)
        return ResourceSizes(resources: [
            ResourceSizes.Resource(
                resource: KubernetesResource(plural: name), size: size,
                namespaces: namespaces.map { ResourceSizes.Namespace(name: $0, size: size) })
        ])
    }

    @Test func `names from keys cannot leave their place`() {
        let hostile = "</title><script>alert('x')</script>\u{202E}\u{FFFE}\u{0}&\""
        for text in [
            TreemapDrawing(sizes: sizes(hostile, namespaces: [hostile, "b"]), title: hostile).standaloneSVG(),
            TreemapPage(sizes: sizes(hostile, namespaces: [hostile, "b"]), name: hostile, revision: 1).html(),
        ] {
            #expect(!text.contains("<script"))
            #expect(!text.unicodeScalars.contains { $0 == "\u{202E}" || $0 == "\u{FFFE}" || $0 == "\u{0}" })
            #expect(text.contains("&lt;/title&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;\\xe2\\x80\\xae"))
        }
    }

    @Test func `namespaces are drawn where there are several`() {
        let one = TreemapDrawing(sizes: sizes("pods", namespaces: ["a"]), title: "t").inlineSVG()
        #expect(!one.contains("class=\"part\""))
        let two = TreemapDrawing(sizes: sizes("pods", namespaces: ["a", nil]), title: "t").inlineSVG()
        #expect(two.contains("<title>pods in other namespaces\n1 object, 1000 live, 24 history</title>"))
    }

    @Test func `an empty database makes an empty drawing`() {
        let text = TreemapPage(sizes: ResourceSizes(resources: []), name: "x", revision: 0).html()
        #expect(text.contains("0 objects, 0 live, 0 history"))
        #expect(!text.contains("class=\"type\""))
    }

    @Test(arguments: [(0.0, "0"), (12.34, "12.3"), (12.96, "13"), (-0.25, "-0.3"), (1200, "1200")])
    func `numbers have one decimal at most`(_ number: Double, text: String) {
        #expect(number.pixels == text)
    }
}
