import Testing

@testable import PluginCommands

struct CompletionTests {
    private func complete(_ words: [String]) throws -> Completion { try CommandTree(of: Plugin.self).complete(words) }

    @Test(arguments: [
        (["re"], ["restore", "recover"]),
        (["recover", "a"], ["acknowledge", "abort"]),
        (["backup", ""], ["create", "list", "describe", "verify", "download"]),
        (["-n", "db", "backup", "l"], ["list"]),
        (["backup", "create", "--provider", ""], ["s3", "gcs"]),
        (["backup", "create", "--dry-run", "s"], ["server"]),
        (["validate", "-o", "s"], ["sarif"]),
        (["completion", ""], ["bash", "zsh", "fish"]),
        (["wait", "--ti"], ["--timeout"]),
        (["wait", "--timeout", "5s", "--ti"], []),
        (["backup", "create", "--as-group", "g", "--as-g"], ["--as-group"]),
        (
            ["nonsense", ""],
            [
                "validate", "backup", "restore", "recover", "roundtrip", "snapshot", "store", "members", "health",
                "quorum",
                "wait", "version",
                "completion",
                "help",
            ]
        ),
    ])
    func offersWhatCanStandThere(_ words: [String], expected: [String]) throws {
        #expect(try complete(words).candidates.map(\.value) == expected)
    }

    @Test(arguments: [
        (["backup", "describe", ""], Completion.Names.backups),
        (["restore", "describe", "a", "b"], .restores),
        (["wait", "ba"], .jobs),
        (["wait", "backup/a", ""], nil),
        (["backup", "create", "--cluster", ""], .clusters),
        (["backup", "list", "-n", ""], .namespaces),
        (["restore", "create", "--from-backup", "x"], .backups),
        (["backup", "create", ""], nil),
        (["quorum", ""], .clusters),
        (["recover", "m"], .clusters),
        (["recover", "run", ""], .clusters),
        (["recover", "acknowledge", ""], .recoveries),
        (["recover", "describe", ""], .recoveries),
        (["members", "--endpoints", "a", ""], .clusters),
    ])
    func knowsWhoseNamesToAskFor(_ words: [String], expected: Completion.Names?) throws {
        #expect(try complete(words).names == expected)
    }

    @Test func valuesBehindAnEqualsSignKeepTheirFlag() throws {
        let completion = try complete(["backup", "create", "--provider=g"])
        #expect(completion.cobraText() == "--provider=gcs\n:4\n")
    }

    @Test func filesAreOfferedForFiles() throws {
        #expect(try complete(["validate", "-f", "de"]).cobraText() == ":0\n")
        #expect(try complete(["backup", "create", "--bucket", "x"]).cobraText() == ":4\n")
    }

    @Test func descriptionsFollowATab() throws {
        #expect(
            try complete(["backup", "li"]).cobraText() == "list\tList EtcdBackups.\n:4\n")
    }

    @Test(arguments: CompletionCommand.Shell.allCases)
    func everyScriptAsksTheHiddenEntry(_ shell: CompletionCommand.Shell) {
        #expect(shell.script.contains("kubectl-etcdrecover __complete"))
    }
}
