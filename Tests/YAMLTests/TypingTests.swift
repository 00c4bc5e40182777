import Testing

@testable import YAML

/// The expected values are what kubectl 1.32 made of the same text.
@Suite struct TypingTests {
    @Test(arguments: [
        ("[y, Y, yes, Yes, YES, true, True, TRUE, on, On, ON]", Array(repeating: "true", count: 11)),
        ("[n, N, no, No, NO, false, False, FALSE, off, Off, OFF]", Array(repeating: "false", count: 11)),
        ("[yEs, nO, oN, oFF, tRue, t, f, T, F]", ["yEs", "nO", "oN", "oFF", "tRue", "t", "f", "T", "F"].map(quoted)),
        ("[~, null, Null, NULL]", Array(repeating: "null", count: 4)),
        ("[nULL, none, nil]", ["nULL", "none", "nil"].map(quoted)),
        ("['y', \"no\", '~', '', '3', '1e3', \"0x10\"]", ["y", "no", "~", "", "3", "1e3", "0x10"].map(quoted)),
        (
            "[=, <<, '<<', 190:20:30, 1.2.3]",
            ["=", "\\u003c\\u003c", "\\u003c\\u003c", "190:20:30", "1.2.3"].map(quoted)
        ),
        (
            "[2001-01-01, 2001-01-01T00:00:00Z, 2001-12-14 21:59:43]",
            ["2001-01-01", "2001-01-01T00:00:00Z", "2001-12-14 21:59:43"].map(quoted)
        ),
    ])
    func wordsAndStrings(text: String, expected: [String]) throws {
        #expect(try json(text) == "[" + expected.joined(separator: ",") + "]")
    }

    @Test(arguments: [
        ("0", "0"), ("00", "0"), ("-0", "0"), ("+5", "5"), ("-5", "-5"), ("1_000", "1000"), ("1__0", "10"), ("1_", "1"),
        ("0x1F", "31"), ("0X1f", "31"), ("-0x1", "-1"), ("010", "8"), ("0o10", "8"), ("0O10", "8"), ("0_7", "7"),
        ("0b101", "5"), ("-0b11", "-3"), ("0b-1", "-1"),
        ("9223372036854775807", "9223372036854775807"), ("-9223372036854775808", "-9223372036854775808"),
        ("9223372036854775808", "9223372036854775808"), ("18446744073709551615", "18446744073709551615"),
    ])
    func integers(text: String, expected: String) throws {
        #expect(try json("[\(text)]") == "[\(expected)]")
        #expect(try node("[\(text)]").items?.first?.kindName == "integer")
    }

    @Test(arguments: [
        (".5", "0.5"), ("-.5", "-0.5"), ("+.5", "0.5"), ("1.", "1"), ("1e3", "1000"), ("1E+3", "1000"), ("08", "8"),
        ("1_0.5", "10.5"), (".5_0", "0.5"), ("1.5e10", "15000000000"), ("1e20", "100000000000000000000"),
        ("1e21", "1e+21"), ("1e-6", "0.000001"), ("1e-7", "1e-7"), ("1e-999", "0"), ("0.1", "0.1"),
        ("18446744073709551616", "18446744073709552000"), ("-9223372036854775809", "-9223372036854776000"),
        ("+18446744073709551615", "18446744073709552000"), ("1.7976931348623157e308", "1.7976931348623157e+308"),
    ])
    func floats(text: String, expected: String) throws {
        #expect(try json("[\(text)]") == "[\(expected)]")
        #expect(try node("[\(text)]").items?.first?.kindName == "number")
    }

    @Test(arguments: [
        "0o8", "0x", "0b", "0b2", "1e", "1e999", "1.5.", "e5", ".", "..", ".e5", "._5", ".5_", "_1", "0x1p3",
        "+",
        "++1", "+-1", "0x-1", "0x1FFFFFFFFFFFFFFFFF", "0é7", "+.nan", "3d", "1_000x", "١",
    ])
    func textThatOnlyLooksLikeANumberStaysAString(text: String) throws {
        #expect(try node("k: [\(text), x]").value(forKey: "k")?.items?.first?.string == text)
    }

    @Test(arguments: [
        ("!!int \"3\"", "3"), ("!!int 0x10", "16"), ("!!bool \"y\"", "true"), ("!!float 3", "3"),
        ("!!float \"1e3\"", "1000"),
        ("!!null \"\"", "null"), ("!!null ~", "null"), ("!!str 3", "\"3\""), ("!!str y", "\"y\""), ("!!str", "\"\""),
        ("!!binary aGVsbG8=", "\"hello\""), ("!!seq [a]", "[\"a\"]"), ("!!map {a: 1}", "{\"a\":1}"),
        ("!<tag:yaml.org,2002:str> 3", "\"3\""),
    ])
    func explicitTags(text: String, expected: String) throws {
        #expect(try json("v: \(text)") == "{\"v\":\(expected)}")
    }

    @Test(arguments: [
        ("!!int x", "\"x\" cannot be read as !!int"), ("!!int 3.0", "\"3.0\" cannot be read as !!int"),
        ("!!bool 1", "\"1\" cannot be read as !!bool"), ("!!null x", "\"x\" cannot be read as !!null"),
        ("!!float 18446744073709551615", "\"18446744073709551615\" cannot be read as !!float"),
        ("!!float \"a\\n\\u0007\"", "\"a\\n\\u{0007}\" cannot be read as !!float"),
        ("!!binary \"!\"", "!!binary value \"!\" is not base64 of UTF-8 text"),
        ("!!binary /w==", "!!binary value \"/w==\" is not base64 of UTF-8 text"),
        ("!foo x", "tag !foo is not understood; use !!str, !!int, !!bool, !!float, !!null or !!binary, or none"),
        ("!!set {a}", "tag !!set is not understood; use !!str, !!int, !!bool, !!float, !!null or !!binary, or none"),
    ])
    func unfitTagsAreRefused(text: String, message: String) {
        #expect(failure("v: \(text)") == "line 1, column 4: \(message)")
    }

    @Test func infinityAndNotANumberHaveNoJSON() throws {
        for text in [".inf", ".Inf", ".INF", "+.inf", "-.inf", ".nan", ".NaN", ".NAN", "!!float .inf"] {
            let document = try node("v: \(text)")
            let error = try #require(throws: YAMLError.self) { try document.jsonBytes() }
            let word = text.split(separator: " ").last.map(String.init) ?? ""
            #expect(
                error.description
                    == "line 1, column 4: \(word) has no form in JSON; quote it if it is meant as text")
        }
    }

    @Test func keysBecomeStrings() throws {
        let text = """
            {1: a, 1.5: b, y: c, 0x10: d, 1e6: e, 1e7: f, .5: g, 123456789.125: h, 2001-01-01: i, 0.00001: j, .inf: k}
            """
        #expect(
            try json(text) == """
                {".inf":"k","0.5":"g","1":"a","1.2345679e+08":"h","1.5":"b","16":"d","1e+06":"e","1e+07":"f",\
                "1e-05":"j","2001-01-01":"i","true":"c"}
                """)
        let entry = try #require(try node("y: 1").entry(forKey: "true"))
        #expect(entry.keyScalar.text == "y")
        #expect(entry.keyScalar.isTypedBySpelling)
    }

    @Test(arguments: [
        ("{~: 1}", "1, column 2: a mapping key must be a string, found null; quote it if it is meant as text"),
        (
            "18446744073709551615: 1",
            "1, column 1: a mapping key must be a string, found an integer above 9223372036854775807; quote it if it is meant as text"
        ),
        ("? [a]\n: 1", "1, column 3: a mapping key must be a string, found array; quote it if it is meant as text"),
        ("{{a: b}: 1}", "1, column 2: a mapping key must be a string, found object; quote it if it is meant as text"),
        (
            "a: &a [1]\n*a : 2",
            "2, column 1: a mapping key must be a string, found array; quote it if it is meant as text"
        ),
    ])
    func keysWithoutAStringFormAreRefused(text: String, message: String) {
        #expect(failure(text) == "line \(message)")
    }

    @Test func aCallerCanTellThatQuotesWouldMakeAString() throws {
        let items = try #require(try node("[y, 'y', 1e3, ~, !!bool y, x, '', ]").items)
        #expect(items.map { $0.scalar?.isTypedBySpelling } == [true, false, true, true, false, false, false])
        #expect(items.map { $0.scalar?.text } == ["y", "y", "1e3", "~", "y", "x", ""])
        #expect(items.map { $0.scalar?.style } == [.plain, .quoted, .plain, .plain, .plain, .plain, .quoted])
        let block = try node("a: |\n  3\nb: >\n  x\n  y\nc:\n")
        #expect(block.value(forKey: "a")?.scalar?.style == .block)
        #expect(block.value(forKey: "a")?.string == "3\n")
        #expect(block.value(forKey: "b")?.string == "x y\n")
        #expect(block.value(forKey: "c")?.scalar?.isTypedBySpelling == false)
    }
}

private func quoted(_ text: String) -> String { "\"\(text)\"" }
