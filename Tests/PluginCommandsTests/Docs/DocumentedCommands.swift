import FoundationEssentials
import Testing

/// The command lines of a page that are ours, as its code blocks have them.
struct DocumentedCommands {
    /// Words of each, without `kubectl etcdrecover`.
    let commands: [[String]]

    init(page: String) throws {
        let path = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().appending(path: "docs/\(page)")
        let text = try String(contentsOf: path, encoding: .utf8)
        var found: [[String]] = []
        var isCode = false
        for line in text.replacing("\\\n", with: " ").split(separator: "\n") {
            if line.hasPrefix("```") {
                isCode = !isCode && (line == "```sh" || line == "```console")
                continue
            }
            let words = line.split(separator: " ").map { String($0).replacing("'", with: "") }.filter { $0 != "$" }
            if isCode, words.starts(with: ["kubectl", "etcdrecover"]) { found.append(Array(words.dropFirst(2))) }
        }
        commands = found
    }
}
