import Testing

@testable import SnapshotFile

struct SearchKeySpanTests {
    @Test func `what is in both spans`() {
        let prefix = KeySpan(prefix: Array("b".utf8))
        let from = KeySpan(from: Array("ba".utf8))
        #expect(prefix.intersection(from) == KeySpan(from: Array("ba".utf8), to: Array("c".utf8)))
        #expect(from.intersection(prefix) == prefix.intersection(from))
        #expect(prefix.intersection(.all) == prefix)
    }

    @Test func `nothing is in spans that do not meet`() {
        let span = KeySpan(prefix: Array("a".utf8)).intersection(KeySpan(prefix: Array("c".utf8)))
        for key in ["a", "ab", "b", "c", "cd"] {
            #expect(!withBytes(key) { span.contains($0) })
        }
    }
}
