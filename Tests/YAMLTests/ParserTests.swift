import Testing

@testable import YAML

@Suite struct ParserTests {
    @Test func aStreamGivesItsDocumentsWithoutTheEmptyOnes() throws {
        let text = "---\n# nothing\n---\na: 1\n...\n---\n---\nnull\n---\n- 2\n--- ~\n--- x\n"
        let documents = try YAMLParser.documents(in: Array(text.utf8))
        #expect(
            try documents.map { String(decoding: try $0.jsonBytes(), as: UTF8.self) } == ["{\"a\":1}", "[2]", "\"x\""])
        #expect(
            documents.map(\.mark) == [Mark(line: 4, column: 1), Mark(line: 10, column: 1), Mark(line: 12, column: 5)])
        for empty in ["", "\n", "# only a comment\n", "---\n---\n", "\u{FEFF}"] {
            #expect(try YAMLParser.documents(in: Array(empty.utf8)).isEmpty)
        }
    }

    @Test func everyNodeAndKeyHasItsPlaceInCharacters() throws {
        let text =
            "\u{FEFF}# ä\nname: é\n\"ключ\": [ä, 😀b,  {x: \"y\"}]\nlist:\n  - one\n  -\n    k: |\n      text\nempty:\n"
        let root = try node(text)
        #expect(root.mark == Mark(line: 2, column: 1))
        let entries = try #require(root.entries)
        #expect(entries.map(\.key) == ["name", "ключ", "list", "empty"])
        #expect(entries.map(\.keyMark.line) == [2, 3, 4, 9])
        #expect(entries.map(\.keyMark.column) == [1, 1, 1, 1])
        #expect(entries[0].value.mark == Mark(line: 2, column: 7))
        let flow = try #require(entries[1].value.items)
        #expect(flow.map(\.mark.column) == [10, 13, 18])
        #expect(flow[2].entries?[0].keyMark == Mark(line: 3, column: 19))
        #expect(flow[2].entries?[0].value.mark == Mark(line: 3, column: 22))
        let list = try #require(entries[2].value.items)
        #expect(list.map(\.mark) == [Mark(line: 5, column: 5), Mark(line: 7, column: 5)])
        #expect(list[1].entries?[0].value.mark == Mark(line: 7, column: 8))
        #expect(entries[3].value.mark == Mark(line: 9, column: 7))
        #expect(entries[3].value.kindName == "null")
    }

    @Test func linesMayEndAsOnWindows() throws {
        let root = try node("a: 1\r\nb:\r\n  c: x\r\n")
        #expect(root.node(at: [.key("b"), .key("c")]).mark == Mark(line: 3, column: 3))
        #expect(try root.jsonBytes() == Array("{\"a\":1,\"b\":{\"c\":\"x\"}}".utf8))
    }

    @Test func jsonIsRead() throws {
        let text =
            "{\n\t\"a\": [1, 2.5, true, null, \"x\\u00e9\\/\\n\"],\n\t\"b\": {\"c\": {}}, \"e\": \"\\ud83d\\ude00\\\\ud83d\"\n}\n"
        #expect(
            try json(text)
                == "{\"a\":[1,2.5,true,null,\"xé/\\n\"],\"b\":{\"c\":{}},\"e\":\"😀\\\\ud83d\"}")
        #expect(try node(text).node(at: [.key("b"), .key("c")]).mark == Mark(line: 3, column: 8))
    }

    @Test func jsonObjectsMayFollowEachOtherWithoutSeparator() throws {
        let text = "{\"a\":\"}{\\\"\"}\n{\n \"b\": 2}  {\"c\": 3}{}\n"
        let documents = try YAMLParser.documents(in: Array(text.utf8))
        #expect(
            try documents.map { String(decoding: try $0.jsonBytes(), as: UTF8.self) } == [
                "{\"a\":\"}{\\\"\"}", "{\"b\":2}", "{\"c\":3}", "{}",
            ])
        #expect(
            documents.map(\.mark) == [
                Mark(line: 1, column: 1), Mark(line: 2, column: 1), Mark(line: 3, column: 11),
                Mark(line: 3, column: 19),
            ])
        #expect(documents[2].entries?[0].keyMark == Mark(line: 3, column: 12))
        #expect(
            failure("{\"a\": 1}\n  {\"a\": 1,\n \"b\": ]}")
                == "line 3, column 7: did not find expected node content while parsing a flow node")
    }

    @Test func flowStyleYAMLIsNotTakenForAStreamOfJSON() throws {
        #expect(try YAMLParser.documents(in: Array("{a: 1}\n---\n{b: '}'}\n".utf8)).count == 2)
        #expect(try YAMLParser.documents(in: Array("{\"a\": 1}\n---\n{\"b\": 2}\n".utf8)).count == 2)
        #expect(try json("{\"a\": '} {'} # ok") == "{\"a\":\"} {\"}")
    }

    @Test func documentsBeforeASyntaxErrorAreKept() {
        let result = YAMLParser.read(Array("a: 1\n---\nb: 2\n---\nc: [\n---\nd: 4\n".utf8))
        #expect(result.documents.compactMap { $0.entries?.first?.key } == ["a", "b"])
        #expect(
            result.error?.description
                == "line 6, column 1: did not find expected node content while parsing a flow node")
    }

    @Test func documentsBeforeABadByteAreKept() {
        let result = YAMLParser.read(
            Array("a: 1\n---\nb: \"é\"\n--- \nc: é".utf8) + [0xFF] + Array("\n---\nd: 4\n".utf8))
        #expect(result.documents.compactMap { $0.entries?.first?.key } == ["a", "b"])
        #expect(result.error?.description == "line 5, column 5: byte 27 is not valid UTF-8; save the text as UTF-8")
    }

    @Test(arguments: [
        ("a: b: c\n", "line 1, column 5: mapping values are not allowed in this context"),
        (
            "a:\n\tb: 1\n",
            "line 2, column 1: found character that cannot start any token while scanning for the next token"
        ),
        ("a: @x\n", "line 1, column 4: found character that cannot start any token while scanning for the next token"),
        (
            "a: \"x\n",
            "line 2, column 1: found unexpected end of stream while scanning a quoted scalar that starts at line 1"
        ),
        ("a: 1\n b: 2\n", "line 2, column 3: mapping values are not allowed in this context"),
        (
            "a:\n  - 1\n b: 2\n",
            "line 3, column 2: did not find expected key while parsing a block mapping that starts at line 1"
        ),
        (
            "{\"a\": \"\\ud83d\"}",
            "line 1, column 10: found invalid Unicode character escape code while parsing a quoted scalar"
        ),
        ("%YAML 3.0\n---\na: 1\n", "line 1, column 1: found incompatible YAML document"),
    ])
    func syntaxErrorsSayWhatAndWhere(text: String, message: String) {
        #expect(failure(text) == message)
    }

    @Test(arguments: [
        ("a: 1\nb: 2\na: 3\n", "line 3, column 1: key \"a\" is already set at line 1, column 1"),
        ("x: {a: 1, \"a\": 2}", "line 1, column 11: key \"a\" is already set at line 1, column 5"),
        ("1: a\n\"1\": b\n", "line 2, column 1: key \"1\" is already set at line 1, column 1"),
        ("on: a\ntrue: b\n", "line 2, column 1: key \"true\" is already set at line 1, column 1"),
    ])
    func duplicateKeysAreRefusedWithBothPlaces(text: String, message: String) {
        #expect(failure(text) == message)
    }

    @Test func duplicateKeysAreFoundInLargeMappingsToo() {
        let keys = (0..<1_000).map { "k\($0): 1\n" }.joined()
        #expect(failure(keys) == nil)
        #expect(failure(keys + "k7: 2\n") == "line 1001, column 1: key \"k7\" is already set at line 8, column 1")
        #expect(
            failure(keys + "k999: 2\n") == "line 1001, column 1: key \"k999\" is already set at line 1000, column 1")
        #expect(failure(keys + "k15: 2\n") == "line 1001, column 1: key \"k15\" is already set at line 16, column 1")
    }

    @Test func keysThatDifferInBytesOnlyAreDifferent() throws {
        let root = try node("\u{E9}: 1\ne\u{301}: 2\n")
        #expect(root.entries?.count == 2)
        #expect(root.value(forKey: "e\u{301}")?.scalar?.value == .int(2))
        #expect(root.value(forKey: "\u{E9}")?.scalar?.value == .int(1))
    }

    @Test(
        arguments: [
            ([0xFF, 0xFE, 0x61, 0x00], "line 1, column 1: the text is UTF-16; save it as UTF-8"),
            ([0xFE, 0xFF, 0x00, 0x61], "line 1, column 1: the text is UTF-16; save it as UTF-8"),
            ([0x61, 0x00, 0x3A, 0x00], "line 1, column 1: the text is UTF-16; save it as UTF-8"),
            ([0x00, 0x61, 0x00, 0x3A], "line 1, column 1: the text is UTF-16; save it as UTF-8"),
            ([0xFF, 0xFE, 0x00, 0x00], "line 1, column 1: the text is UTF-32; save it as UTF-8"),
            ([0x61, 0x0A, 0xC3, 0xA9, 0xC3], "line 2, column 2: byte 4 is not valid UTF-8; save the text as UTF-8"),
            ([0x61, 0xC0, 0x80], "line 1, column 2: byte 1 is not valid UTF-8; save the text as UTF-8"),
            ([0x61, 0xE0, 0x80, 0x80], "line 1, column 2: byte 1 is not valid UTF-8; save the text as UTF-8"),
            ([0x61, 0xED, 0xA0, 0x80], "line 1, column 2: byte 1 is not valid UTF-8; save the text as UTF-8"),
            ([0x61, 0xF4, 0x90, 0x80, 0x80], "line 1, column 2: byte 1 is not valid UTF-8; save the text as UTF-8"),
            ([0xEF, 0xBB, 0xBF, 0x61, 0x80], "line 1, column 2: byte 4 is not valid UTF-8; save the text as UTF-8"),
            (
                [0x61, 0x07],
                "line 1, column 2: character U+0007 at byte 1 is not allowed in YAML; write it as an escape in double quotes"
            ),
            (
                [0x61, 0x3A, 0x00],
                "line 1, column 3: character U+0000 at byte 2 is not allowed in YAML; write it as an escape in double quotes"
            ),
        ] as [([UInt8], String)])
    func bytesThatAreNotUTF8TextAreRefused(bytes: [UInt8], message: String) {
        let result = YAMLParser.read(bytes)
        #expect(result.error?.description == message)
        #expect(result.documents.isEmpty)
    }
}
