import Testing

@testable import YAML

@Suite struct LookupTests {
    private let text = "spec:\n  destination:\n    local: /x\n  items:\n    - name: a\n    - name: b\n"

    @Test func aWholePathLeadsToItsNode() throws {
        let found = try node(text).node(at: [.key("spec"), .key("items"), .index(1), .key("name")])
        #expect(found.isComplete)
        #expect(found.steps == 4)
        #expect(found.node.string == "b")
        #expect(found.mark == Mark(line: 6, column: 7))
        #expect(found.node.mark == Mark(line: 6, column: 13))
        let item = try node(text).node(at: [.key("spec"), .key("items"), .index(1)])
        #expect(item.keyMark == nil)
        #expect(item.mark == Mark(line: 6, column: 7))
    }

    @Test func anAbsentPathLeadsToItsNearestParent() throws {
        let found = try node(text).node(at: [.key("spec"), .key("destination"), .key("s3"), .key("bucket")])
        #expect(!found.isComplete)
        #expect(found.steps == 2)
        #expect(found.node.value(forKey: "local")?.string == "/x")
        #expect(found.mark == Mark(line: 2, column: 3))
    }

    @Test func stepsThatDoNotFitEndThePath() throws {
        let root = try node(text)
        #expect(root.node(at: []).isComplete)
        #expect(root.node(at: []).mark == Mark(line: 1, column: 1))
        #expect(root.node(at: [.index(0)]).steps == 0)
        #expect(root.node(at: [.key("spec"), .key("items"), .index(2)]).mark == Mark(line: 4, column: 3))
        #expect(root.node(at: [.key("spec"), .key("items"), .index(-1)]).steps == 2)
        #expect(root.node(at: [.key("spec"), .key("items"), .key("0")]).steps == 2)
        #expect(root.value(forKey: "status") == nil)
        #expect(try node("[a]").value(forKey: "a") == nil)
    }
}
