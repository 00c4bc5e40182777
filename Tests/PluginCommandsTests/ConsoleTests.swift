import EtcdRecoverModel
import Glibc
import Testing

@testable import PluginCommands

struct ConsoleTests {
    @Test func printEndsTheLineOnce() throws {
        let captured = try CapturedConsole()
        try captured.console.print("a")
        try captured.console.print("b\n")
        captured.console.warning("c")
        #expect(captured.output == "a\nb\n")
        #expect(captured.diagnostics == "warning: c\n")
    }

    @Test func aReaderThatHasGoneIsNoError() throws {
        signal(SIGPIPE, SIG_IGN)
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        close(ends[0])
        defer { close(ends[1]) }
        try Console(output: ends[1]).print(String(repeating: "x", count: 1 << 20))
    }

    @Test func aFullDiskIsAnError() throws {
        let full = open("/dev/full", O_WRONLY)
        try #require(full >= 0)
        defer { close(full) }
        #expect(throws: CommandFailure("cannot write the output: No space left on device")) {
            try Console(output: full).print("x")
        }
    }

    @Test func coloursOnlyWhereAskedFor() throws {
        #expect(try CapturedConsole(color: .auto).console.style(.output).isOn == false)
        #expect(try CapturedConsole(color: .always).console.style(.output).paint("x", .red) == "\u{1B}[31mx\u{1B}[0m")
        #expect(try CapturedConsole(color: .never).console.style(.output).paint("x", .red) == "x")
    }

    @Test(arguments: [
        ("plain ünïcode", "plain ünïcode"),
        ("a\u{1B}[31mb", "a\\u{1B}[31mb"),
        ("a\nb\tc", "a\\nb\\tc"),
        ("abc\u{202E}def", "abc\\u{202E}def"),
        ("\u{7F}\u{9B}", "\\u{7F}\\u{009B}"),
    ])
    func controlCharactersAreShownAsEscapes(_ text: String, expected: String) {
        #expect(text.printable() == expected)
    }

    @Test func theSameWarningIsShownOnce() throws {
        let captured = try CapturedConsole()
        let warnings = ShownWarnings(on: captured.console)
        warnings.show("spec.x: long text", rule: RuleID(rawValue: "a.b"))
        warnings.show("spec.x: long text")
        warnings.show("spec.x: long…")
        warnings.show("other")
        #expect(captured.diagnostics == "warning: spec.x: long text [a.b]\nwarning: other\n")
    }
}
