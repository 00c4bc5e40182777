import Testing

@testable import KubernetesClient

@Suite struct LineReaderTests {
    private struct Chunks: AsyncIteratorProtocol {
        var rest: ArraySlice<String>
        mutating func next() async -> [UInt8]? { rest.popFirst().map { Array($0.utf8) } }
        mutating func next(isolation: isolated (any Actor)?) async -> [UInt8]? { await next() }
    }

    private func lines(_ chunks: [String], limit: Int) async throws -> [String] {
        var reader = LineReader(Chunks(rest: chunks[...]), limit: limit)
        var lines: [String] = []
        while let line = try await reader.next() { lines.append(String(decoding: line, as: UTF8.self)) }
        return lines
    }

    @Test(arguments: [
        (["a\nb\n"], ["a", "b"]), (["a", "b", "\n", "c\n"], ["ab", "c"]), (["\n\na\n\n"], ["a"]), ([], []),
        (["", "a\n", "", "b"], ["a", "b"]), (["1234\n1234"], ["1234", "1234"]),
    ])
    func cutsWhereLinesEnd(_ chunks: [String], _ expected: [String]) async throws {
        #expect(try await lines(chunks, limit: 4) == expected)
    }

    @Test(arguments: [["12345\n"], ["1234", "5"], ["1\n", "123", "45\n"]])
    func stopsAtALineThatIsTooLong(_ chunks: [String]) async {
        await #expect(throws: LineReader<Chunks>.LineTooLong(limit: 4)) { try await lines(chunks, limit: 4) }
    }
}
