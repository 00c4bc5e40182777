import Testing

@testable import YAML

@Suite struct EmitterTests {
    @Test func theLayoutIsKubectls() {
        let document = YAMLNode.mapping([
            ("apiVersion", .string("v1")),
            (
                "spec",
                .mapping([
                    (
                        "containers",
                        .sequence([.mapping([("name", .string("etcd")), ("args", .sequence([.string("--x")]))])])
                    ),
                    ("nested", .sequence([.sequence([.int(1), .sequence([.int(2), .int(3)])])])),
                    ("empty", .sequence([])), ("none", .mapping([])), ("null", .null), ("on", .bool(true)),
                    ("script", .string("a\nb\n")), ("stripped", .string("a\n  b")), ("kept", .string("a\n\n")),
                    ("float", .double(1.5)), ("large", .double(123_456_789.5)), ("small", .double(0.00001)),
                ])
            ),
        ])
        #expect(
            YAMLEmitter.emit([document, .mapping([("b", .string("y"))])]) == """
                apiVersion: v1
                spec:
                  containers:
                  - name: etcd
                    args:
                    - --x
                  nested:
                  - - 1
                    - - 2
                      - 3
                  empty: []
                  none: {}
                  "null": null
                  "on": true
                  script: |
                    a
                    b
                  stripped: |-
                    a
                      b
                  kept: |+
                    a

                  float: 1.5
                  large: 1.234567895e+08
                  small: 1e-05
                ---
                b: "y"

                """)
    }

    /// The expected forms are what kubectl 1.32 printed.
    @Test(arguments: [
        ("y", "\"y\""), ("no", "\"no\""), ("1e3", "\"1e3\""), ("0x1", "\"0x1\""), ("", "\"\""),
        (" leading", "' leading'"),
        ("trailing ", "'trailing '"), ("a: b", "'a: b'"), ("#x", "'#x'"), ("\t", "\"\\t\""),
        ("2001-01-01", "\"2001-01-01\""),
        ("null", "\"null\""), ("~", "\"~\""), ("-", "'-'"), ("- a", "'- a'"), ("?", "'?'"), (":", "':'"),
        ("a:", "'a:'"),
        ("a #b", "'a #b'"), ("a#b", "a#b"), ("[", "'['"), ("{a", "'{a'"), ("'", "''''"), ("\"", "'\"'"),
        ("it's", "it's"),
        ("%x", "'%x'"), ("@a", "'@a'"), ("`", "'`'"), ("|", "'|'"), (">", "'>'"), ("!x", "'!x'"), ("&a", "'&a'"),
        ("*a", "'*a'"),
        (",", "','"), ("190:20:30", "\"190:20:30\""), ("1_000", "\"1_000\""), ("+1", "\"+1\""), (".5", "\".5\""),
        (".", "."),
        ("...", "'...'"), ("---", "'---'"), ("\u{1}", "\"\\x01\""), ("a\r\nb", "\"a\\r\\nb\""), ("a\tb", "\"a\\tb\""),
        ("true", "\"true\""), ("08", "\"08\""), ("0o7", "\"0o7\""), ("1.", "\"1.\""), ("-0b1", "\"-0b1\""),
        (" ", "' '"),
        ("http://a.b/c", "http://a.b/c"), ("a,b", "a,b"), ("1.2.3", "1.2.3"), ("10.0.0.1:2379", "10.0.0.1:2379"),
        ("2024-01-01T00:00:00Z", "\"2024-01-01T00:00:00Z\""), ("5m", "5m"), ("é ☃ 😀", "\"é ☃ \\U0001F600\""),
        ("0 3 * * *", "0 3 * * *"),
    ])
    func stringsAreQuotedOnlyWhereNeeded(text: String, expected: String) {
        #expect(YAMLEmitter.emit([.mapping([("k", .string(text))])]) == "k: \(expected)\n")
    }

    /// Where kubectl prints text that does not read back.
    @Test(arguments: [("<<", "\"<<\""), ("=", "\"=\""), ("a\u{2028}b\nc", "\"a\\Lb\\nc\"")])
    func someStringsAreWrittenMoreCarefullyThanKubectlDoes(text: String, expected: String) {
        #expect(YAMLEmitter.emit([.mapping([("k", .string(text))])]) == "k: \(expected)\n")
    }

    static let hostile: [String] =
        [
            "y", "no", "On", "1e3", "0x1", "", " leading", "trailing ", "a: b", "#x", "\t", "é ☃ 😀", "a\nb", "a\nb\n",
            "a\n\n",
            "\na", "\n", "\n\n", " a\nb", "a \nb", "a\n b\n", "\n a", "a\n\tb", "\ta\nb", "2001-01-01", "null", "~",
            "=", "<<", "-",
            "?", ":", "- x\n- y", "[", "{", "'", "\"", "\\", "\\n", "%x", "@a", "`", "|", ">", "!x", "&a", "*a", ",",
            "190:20:30", "1_000",
            ".5", ".inf", ".nan", ".", "...", "---", "--- a", "a\n--- b\n", "a\n...\nb", "\u{0}", "\u{7}", "\u{7F}",
            "\u{85}x", "a\u{85}\nb",
            "\u{2028}", "a\u{2029}b\nc", "\u{FEFF}", "a\u{FEFF}b\n", "a\r\nb", "a\rb", "\u{FFFE}", "\u{10FFFF}",
            "e\u{301}", "# a\nb", "k: v\n",
            String(repeating: "word ", count: 60), String(repeating: "x", count: 300),
            String(repeating: "a  b ", count: 60) + "x",
            String(repeating: "y\n", count: 100), "  \n  ", "a\n\n\nb\n\n", "\u{A0}", "a\u{1F600}\n", "\"a\"\n'b'",
        ]

    @Test func whatIsEmittedReadsBackToTheSameValues() throws {
        let texts = Self.hostile
        let document = YAMLNode.mapping([
            ("list", .sequence(texts.map(YAMLNode.string))),
            ("keys", .mapping(texts.map { ($0, .mapping([($0, .sequence([.string($0)]))])) })),
            (
                "values",
                .sequence([
                    .null, .bool(true), .int(Int64.min), .int(UInt64.max), .double(1.5), .double(1e300), .double(-1.25),
                    .double(.leastNonzeroMagnitude), .double(100_000), .double(1e6), .sequence([]), .mapping([]),
                ])
            ),
        ])
        let each = texts.map(YAMLNode.string)
        let back = try YAMLParser.documents(in: Array(YAMLEmitter.emit([document] + each + [document]).utf8))
        #expect(back.count == texts.count + 2)
        for (index, text) in texts.enumerated() {
            #expect(back[0].node(at: [.key("list"), .index(index)]).node.string == text)
            #expect(back[0].node(at: [.key("keys"), .key(text), .key(text), .index(0)]).node.string == text)
            #expect(back[index + 1].string == text)
        }
        #expect(try back.first?.jsonBytes() == document.jsonBytes())
        #expect(try back.last?.jsonBytes() == document.jsonBytes())
    }

    @Test func whatWasReadIsWrittenByItsValues() throws {
        let text = "a: &a [0x10, yes, ~, 'y', \"x\"]\nb: *a\n'<<': {<<: {c: 1_0}}\non: 1\n"
        #expect(
            YAMLEmitter.emit([try node(text)]) == """
                a:
                - 16
                - true
                - null
                - "y"
                - x
                b:
                - 16
                - true
                - null
                - "y"
                - x
                "<<":
                  c: 10
                "true": 1

                """)
    }
}
