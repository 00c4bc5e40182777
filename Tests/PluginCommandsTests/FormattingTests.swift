import EtcdRecoverModel
import FoundationEssentials
import Testing

@testable import PluginCommands

struct FormattingTests {
    // The rows are those of duration_test.go in k8s.io/apimachinery.
    @Test(arguments: [
        (1, "1s"), (70, "70s"), (190, "3m10s"), (70 * 60, "70m"), (47 * 3600, "47h"), (49 * 3600, "2d1h"),
        ((8 * 24 + 2) * 3600, "8d"), ((367 * 24) * 3600, "367d"), ((365 * 2 * 24 + 25) * 3600, "2y1d"),
        ((365 * 8 * 24 + 2) * 3600, "8y"), (0, "0s"), (-1, "0s"), (-2, "<invalid>"), (180, "3m"), (7 * 3600, "7h"),
        (3 * 3600 + 60, "3h1m"),
    ])
    func agesReadAsInKubectl(_ seconds: Int, expected: String) {
        #expect(humanAge(seconds: seconds) == expected)
    }

    @Test(arguments: [
        (0 as Int64, "0"), (1023, "1023"), (1024, "1Ki"), (1_234_567, "1.18Mi"), (20_971_520, "20Mi"),
        (53_687_091_200, "50Gi"), (1_181_116_006, "1.1Gi"), (133_143_986_176, "124Gi"),
    ])
    func sizesHaveThreeDigits(_ bytes: Int64, expected: String) {
        #expect(bytes.binarySize == expected)
    }

    @Test(arguments: [
        (Duration.seconds(90), "1m30s"), (.seconds(3600), "1h"), (.seconds(5), "5s"), (.seconds(604_800), "168h"),
    ])
    func durationsReadAsTyped(_ duration: Duration, expected: String) {
        #expect(duration.text == expected)
    }

    @Test(arguments: [
        ("30", Duration.seconds(30)), ("1h30m", .seconds(5400)), ("0", .zero), ("-1s", .seconds(604_800)),
    ])
    func waitLimitsAreReadAsInKubectl(_ text: String, expected: Duration) throws {
        #expect(try waitLimit(text, flag: "--timeout") == expected)
    }

    @Test func jsonIsPrintedAsKubectlDoes() {
        let value: JSONValue = [
            "b": [1, true, .null, .double(1.5)], "a": "x\"\\\n\u{1}é", "empty": ["list": [], "map": [:]],
        ]
        #expect(
            value.jsonText() == """
                {
                    "a": "x\\"\\\\\\n\\u0001é",
                    "b": [
                        1,
                        true,
                        null,
                        1.5
                    ],
                    "empty": {
                        "list": [],
                        "map": {}
                    }
                }
                """)
    }

    @Test func columnsAreAsWideAsTheirWidestCell() {
        let table = Table(
            columns: ["NAME", "PHASE", "AGE"], rows: [["a-long-name", "", "5s"], ["b", "Completed", ""]])
        #expect(
            table.text() == """
                NAME          PHASE       AGE
                a-long-name               5s
                b             Completed

                """)
    }

    @Test(arguments: [
        (".spec.a", "1"), (".spec['x.y','c.d']", "deep"), (".items[?(@.type==\"B\")].v", "2"), (".spec.none.more", nil),
        (".items", "<array>"), ("]", nil), ("[", nil), ("", "<object>"),
    ])
    func jsonPathsLeadToAValue(_ path: String, expected: String?) {
        let object: JSONValue = [
            "spec": ["a": 1, "c": ["d": "deep"]], "items": [["type": "A", "v": 1], ["type": "B", "v": 2]],
        ]
        #expect(JSONPath(path).first(in: object)?.cellText == expected)
    }

    @Test func generatedNamesSortByTime() {
        #expect(generatedName(for: "main", at: Date(timeIntervalSince1970: 0)) == "main-19700101000000")
    }
}
