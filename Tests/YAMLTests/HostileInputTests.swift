import Testing

@testable import YAML

/// Each of these ends in an error within a bounded time; the limit here allows for a slow machine and a debug build.
@Suite(.timeLimit(.minutes(1)), .serialized) struct HostileInputTests {
    private func failureInTime(_ text: String, limits: YAMLLimits = YAMLLimits()) -> String? {
        var result: String?
        let time = ContinuousClock().measure { result = failure(text, limits: limits) }
        #expect(time < .seconds(10))
        return result
    }

    @Test func billionLaughs() {
        var text = "a0: &a0 lol\n"
        for level in 1...30 {
            text +=
                "a\(level): &a\(level) [" + Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ",") + "]\n"
        }
        #expect(
            failureInTime(text)
                == "line 7, column 10: aliases multiply the text beyond what is accepted; write the values out")
    }

    @Test func billionLaughsByMerging() {
        var text = "a0: &a0 {k: lol}\n"
        for level in 1...30 {
            let merges = Array(repeating: "<<: *a\(level - 1)", count: 9).joined(separator: ", ")
            text += "a\(level): &a\(level) {\(merges), k\(level): 1}\n"
        }
        #expect(
            failureInTime(text)
                == "line 6, column 32: aliases multiply the text beyond what is accepted; write the values out")
    }

    @Test func oneLongTextNamedOften() {
        let text =
            "a: &a \"\(String(repeating: "x", count: 100_000))\"\nb: [" + String(repeating: "*a,", count: 9_000) + "]"
        #expect(
            failureInTime(text)
                == "line 2, column 128: aliases multiply the text beyond what is accepted; write the values out")
    }

    @Test func manyAliases() {
        let text = "a: &a 1\nb: [" + String(repeating: "*a,", count: 20_000) + "]"
        #expect(failureInTime(text) == "line 2, column 30005: more than 10000 aliases; write the values out")
    }

    @Test(arguments: [
        (String(repeating: "[", count: 100_000), "line 1, column 101: nested deeper than 100 levels"),
        (String(repeating: "{\"a\":", count: 100_000), "line 1, column 501: nested deeper than 100 levels"),
        (String(repeating: "{a: ", count: 100_000), "line 1, column 401: nested deeper than 100 levels"),
        (String(repeating: "- ", count: 100_000), "line 1, column 201: nested deeper than 100 levels"),
        (
            String(repeating: "? ", count: 100_000),
            "line 1, column 3: a mapping key must be a string, found object; quote it if it is meant as text"
        ),
        (String(repeating: "[\n", count: 100_000), "line 101, column 1: nested deeper than 100 levels"),
    ])
    func deepNesting(text: String, message: String) {
        #expect(failureInTime(text) == message)
    }

    @Test func depthCountsWhatAliasesStandFor() {
        let arrays = { (count: Int) in String(repeating: "[", count: count) + String(repeating: "]", count: count) }
        #expect(failure("a: \(arrays(99))") == nil)
        #expect(failure("a: \(arrays(100))") == "line 1, column 103: nested deeper than 100 levels")
        #expect(failure("a: &a \(arrays(60))\nb: [[*a]]") == nil)
        let inside = String(repeating: "[", count: 40) + "*a" + String(repeating: "]", count: 40)
        #expect(failure("a: &a \(arrays(60))\nb: \(inside)") == "line 2, column 44: nested deeper than 100 levels")
    }

    @Test func deepTreesAreFreedWithinTheStack() throws {
        var limits = YAMLLimits()
        limits.depth = 900
        let text = String(repeating: "[", count: 900) + String(repeating: "]", count: 900)
        #expect(try node(text, limits: limits).jsonBytes().count == 1_800)
    }

    @Test func oversize() {
        var limits = YAMLLimits()
        limits.bytes = 100
        let text = String(repeating: "#", count: 101)
        #expect(failure(text, limits: limits) == "line 1, column 1: the text has 101 bytes, more than the limit of 100")
        #expect(failure(String(text.dropLast()), limits: limits) == nil)
        #expect(
            failureInTime(String(repeating: "#", count: (16 << 20) + 1))
                == "line 1, column 1: the text has 16777217 bytes, more than the limit of 16777216")
    }

    @Test func manyNodes() {
        var limits = YAMLLimits()
        limits.nodes = 1_000
        #expect(failure("[" + String(repeating: "a,", count: 999) + "]", limits: limits) == nil)
        #expect(
            failure("[" + String(repeating: "a,", count: 1_000) + "]", limits: limits)
                == "line 1, column 2000: the text has more than 1000 nodes; split it")
        // Documents count together.
        #expect(
            failure(String(repeating: "--- a\n", count: 1_001), limits: limits)
                == "line 1001, column 5: the text has more than 1000 nodes; split it")
    }

    @Test func manyJSONObjects() {
        var limits = YAMLLimits()
        limits.nodes = 1_000
        #expect(failure(String(repeating: "{}\n", count: 1_000), limits: limits) == nil)
        #expect(
            failureInTime(String(repeating: "{}\n", count: 1_000_000), limits: limits)
                == "line 1001, column 1: the text has more than 1000 nodes; split it")
    }

    @Test func manyDirectives() {
        let text = (0..<100_000).map { "%TAG !t\($0)! tag:x\n" }.joined() + "---\na: 1\n"
        #expect(failureInTime(text) == "line 1001, column 1: more than 1000 %TAG directives")
    }

    @Test func manySpellingsOfOneKey() throws {
        // Each of the 18 letters is written as one character or as two: for String they are all the same key.
        let keys = (0..<1 << 16).map { number in
            (0..<18).map { number >> $0 & 1 == 0 ? "\u{E9}" : "e\u{301}" }.joined()
        }
        #expect(Set(keys).count == 1)
        let text = keys.map { "\($0): 1\n" }.joined()
        #expect(failureInTime(text) == nil)
        #expect(try node(text).entries?.count == keys.count)
        #expect(failureInTime(text + "\(keys[7]): 2\n")?.contains("is already set at line 8, column 1") == true)
    }

    @Test func longScalarsAndKeys() throws {
        let long = String(repeating: "x", count: 1 << 20)
        #expect(try node("a: \(long)").value(forKey: "a")?.string == long)
        #expect(try node("a: \"\(long)\"").value(forKey: "a")?.string == long)
        #expect(failureInTime("\(long): 1") == "line 1, column 1048577: mapping values are not allowed in this context")
    }

    @Test func everyPrefixOfAManifestEndsWellOrInAnError() {
        let text = Array(
            "a: &x {b: [1, \"é\\n\", 'q'], <<: {c: 2}}\nd: |\n  text\n  more\ne: *x\n---\n{\"j\": \"\\ud83d\\ude00\"}\n"
                .utf8)
        for count in 0...text.count {
            let result = YAMLParser.read(Array(text[..<count]))
            #expect(result.documents.count <= 2)
            for document in result.documents { #expect(throws: Never.self) { try document.jsonBytes() } }
        }
        #expect(
            YAMLParser.read(text).error?.description
                == "line 7, column 10: found invalid Unicode character escape code while parsing a quoted scalar")
    }

    @Test func damagedManifestsNeverCrash() {
        let text = Array(
            "a: &x {b: [1, \"é\\n\", 'q'], <<: {c: 2}}\nd: |\n  text\n  more\ne: *x\n? f\n: !!int 3\n".utf8)
        var random = RepeatableRandom(state: 20_240_229)
        let damage = Array("[]{}:,&*!|>'\"%@`#-?\n\t \\<~0\u{FF}".utf8) + [0xC3, 0xFF, 0x00]
        for _ in 0..<3_000 {
            var copy = text
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                copy[Int.random(in: copy.indices, using: &random)] = damage.randomElement(using: &random) ?? 0
            }
            let result = YAMLParser.read(copy)
            #expect(result.documents.count <= 10)
            for document in result.documents { _ = YAMLEmitter.emit([document]) }
        }
    }
}

/// SplitMix64: the same numbers in each run, so that a failure can be repeated.
private struct RepeatableRandom: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}
