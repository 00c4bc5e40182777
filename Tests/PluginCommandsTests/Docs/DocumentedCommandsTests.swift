import ArgumentParser
import Testing

@testable import PluginCommands

/// What a page tells somebody to type, the program takes.
struct DocumentedCommandsTests {
    @Test(arguments: ["control-plane.md", "quorum-loss.md", "health.md"])
    func everyCommandOfThePageIsOne(_ page: String) throws {
        let commands = try DocumentedCommands(page: page).commands
        #expect(!commands.isEmpty)
        for words in commands {
            // Words of the shell end the command.
            let own = words.prefix { !["|", ">", "#", "&&"].contains($0) }
            #expect(throws: Never.self, "\(words.joined(separator: " "))") {
                _ = try Plugin.parseAsRoot(ArgumentNormalizer.normalize(Array(own), root: Plugin.self))
            }
        }
    }
}
