import Testing

@testable import YAML

@Suite struct AliasTests {
    @Test func aliasesStandForTheirAnchors() throws {
        let text = "a: &a {x: 1}\nb: *a\nc: [*a, &s text, *s]\nd: &a 2\ne: *a\nf: &g [&g 1, *g]\nh: *g\n*s : 3\n"
        #expect(
            try json(text)
                == "{\"a\":{\"x\":1},\"b\":{\"x\":1},\"c\":[{\"x\":1},\"text\",\"text\"],\"d\":2,\"e\":2,\"f\":[1,1],\"h\":1,\"text\":3}"
        )
        let alias = try #require(try node(text).value(forKey: "b"))
        #expect(alias.mark == Mark(line: 2, column: 4))
        #expect(alias.value(forKey: "x")?.mark == Mark(line: 1, column: 11))
    }

    /// The expected values are what kubectl 1.32 made of the same text.
    @Test(arguments: [
        ("{<<: {a: 2}, a: 1}", "{\"a\":1}"), ("{a: 1, <<: {a: 2}}", "{\"a\":2}"),
        ("{<<: [{a: 2, b: 2}, {a: 3, b: 3, c: 3}]}", "{\"a\":2,\"b\":2,\"c\":3}"),
        ("{<<: {a: 2}, <<: {a: 3, b: 1}}", "{\"a\":3,\"b\":1}"), ("{\"<<\": {a: 1}}", "{\"\\u003c\\u003c\":{\"a\":1}}"),
        ("[&z {a: 1}, {<<: *z}, {<<: [*z]}]", "[{\"a\":1},{\"a\":1},{\"a\":1}]"), ("{<<: &q {a: 1}}", "{\"a\":1}"),
    ])
    func mergeKeys(text: String, expected: String) throws {
        #expect(try json(text) == expected)
    }

    @Test func mergedEntriesAreMarkedAsSuch() throws {
        let merged = try #require(try node("{<<: {a: 2}, b: 1}").entries)
        #expect(merged.map(\.key) == ["a", "b"])
        #expect(merged.map(\.isMerged) == [true, false])
    }

    @Test(arguments: [
        ("a: &a [*a]", "line 1, column 8: alias *a stands inside its own anchor &a"),
        ("a: &a\n  b: {c: *a}", "line 2, column 10: alias *a stands inside its own anchor &a"),
        ("a: *b", "line 1, column 4: alias *b has no anchor &b before it in this document"),
        ("a: &b 1\n---\na: *b", "line 3, column 4: alias *b has no anchor &b before it in this document"),
        ("<<: 3", "line 1, column 5: merge key << needs a mapping or a sequence of mappings as its value"),
        ("<<: ~", "line 1, column 5: merge key << needs a mapping or a sequence of mappings as its value"),
        ("<<: [{a: 1}, 3]", "line 1, column 14: merge key << needs a mapping or a sequence of mappings as its value"),
    ])
    func aliasesAndMergesThatMeanNothingAreRefused(text: String, message: String) {
        #expect(failure(text) == message)
    }
}
