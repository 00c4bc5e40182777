import FoundationEssentials
import Testing

@testable import PluginCommands

struct ReferenceTests {
    @Test func `docs/cli.md is what the program prints`() throws {
        let page = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "docs/cli.md")
        let written = try String(contentsOf: page, encoding: .utf8)
        #expect(written == ReferenceCommand.markdown, "print it anew: kubectl-etcdrecover reference > docs/cli.md")
    }
}
