import Testing

@testable import YAML

@Suite struct JSONTests {
    @Test func stringsAreEscapedAsKubectlDoes() throws {
        #expect(
            try json("html: \"<a&b>\\u2028\\u2029\\u007f\\x01\\b\\f\\t\\r\\n\\\"\\\\é😀\\u20a8\"")
                == "{\"html\":\"\\u003ca\\u0026b\\u003e\\u2028\\u2029\u{7F}\\u0001\\b\\f\\t\\r\\n\\\"\\\\é😀₨\"}")
    }

    @Test func keysAreSortedByTheirBytes() throws {
        #expect(
            try json("{b: 1, a: {z: 1, 'é': 2, A: 3}, '': 4}") == "{\"\":4,\"a\":{\"A\":3,\"z\":1,\"é\":2},\"b\":1}")
    }

    @Test func builtNodesGiveTheSameJSONAsReadOnes() throws {
        let built = YAMLNode.mapping([
            ("s", .string("y")), ("i", .int(3)), ("u", .int(UInt64.max)), ("b", .bool(false)), ("z", .null),
            ("d", .double(1e21)), ("l", .sequence([.int(-1), .mapping([]), .sequence([])])),
        ])
        let text = "{s: 'y', i: 3, u: 18446744073709551615, b: no, z: ~, d: 1e21, l: [-1, {}, []]}"
        #expect(try built.jsonBytes() == (try node(text).jsonBytes()))
        #expect(built.mark == .none)
        #expect(throws: YAMLError.self) { try YAMLNode.double(.nan).jsonBytes() }
    }
}
