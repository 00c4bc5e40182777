import Testing

@testable import PluginCommands

/// What the whole program answers before any work is done.
struct UsageTests {
    @Test(arguments: [
        (["backup", "lst"], "error: Unexpected argument 'lst'"),
        (["validate"], "error: nothing to check; give -f FILE, -f DIRECTORY or -f -"),
        (
            ["validate", "-f", "a", "-o", "xml"],
            "error: The value 'xml' is invalid for '-o <output>'. Please provide one of 'text', 'json', 'github', 'sarif' or "
                + "'junit'."
        ),
        (["backup", "create", "x"], "error: Missing expected argument '--cluster <cluster>'"),
        (
            ["backup", "create", "x", "--cluster", "c"],
            "error: --provider and --bucket are missing: where is the backup to go?"
        ),
        (["backup", "create", "x", "--cluster", "c", "--provider", "s3"], "error: --bucket is missing"),
        (
            ["backup", "create", "x", "--cluster", "c", "--bucket", "b"],
            "error: --provider is missing; give --provider s3 or --provider gcs"
        ),
        (
            ["backup", "create", "x", "--cluster", "c", "--provider", "gcs", "--bucket", "b", "--region", "r"],
            "error: --region and --force-path-style are for --provider s3 only"
        ),
        (
            [
                "backup", "create", "x", "--cluster", "c", "--provider", "s3", "--bucket", "b", "--wait",
                "--dry-run=client",
            ], "error: --wait needs an object: leave out --dry-run"
        ),
        (
            ["backup", "create", "--cluster", "c", "--provider", "s3", "--bucket", "b", "--wait-timeout", "5s"],
            "error: --wait-timeout needs --wait"
        ),
        (
            [
                "backup", "create", "--cluster", "c", "--provider", "s3", "--bucket", "b", "--wait", "--wait-timeout",
                "soon", "--dry-run", "none",
            ], #"error: --wait-timeout must be a duration like 30s, 10m or 1h30m, not "soon""#
        ),
        (["restore", "create", "--target", "t"], "error: give --from-backup, or --provider, --bucket and --key"),
        (
            ["restore", "create", "--target", "t", "--from-backup", "b", "--key", "k"],
            "error: --from-backup and a location exclude each other"
        ),
        (["restore", "create", "--target", "t", "--key", "k"], "error: --key needs --provider and --bucket"),
        (
            ["restore", "create", "--target", "t", "--provider", "s3", "--bucket", "b"],
            "error: --key is missing: which object of the bucket?"
        ),
        (["backup", "list", "x", "-A"], "error: names are of one namespace; leave out -A or the names"),
        (["backup", "list", "x", "-l", "a=b"], "error: give names or a selector, not both"),
        (
            ["wait", "pod/x"],
            #"error: The value 'pod/x' is invalid for '<target>': "pod/x" is none of backup/NAME, restore/NAME and recovery/NAME"#
        ),
        (
            ["wait", "backup/x", "--for=Done"],
            "error: --for must be one of Pending, Snapshotting, Uploading, Completed, Failed, "
                + #"condition=TYPE[=STATUS] or delete, not "Done""#
        ),
        (
            ["wait", "backup/x", "--timeout", "1y"],
            #"error: --timeout must be a duration like 30s, 10m or 1h30m, not "1y""#
        ),
        (
            ["backup", "list", "--request-timeout", "x"],
            #"error: --request-timeout must be a duration like 30s, 10m or 1h30m, not "x""#
        ),
        (
            ["wait", "backup/x", "--timeout=-9223372036854775808"],
            #"error: --timeout must be a duration like 30s, 10m or 1h30m, not "-9223372036854775808""#
        ),
        (
            ["backup", "list", "--request-timeout=-5"],
            "error: --request-timeout must not be negative; 0 is for no limit"
        ),
        (
            ["backup", "list", "--request-timeout=-1m"],
            "error: --request-timeout must not be negative; 0 is for no limit"
        ),
        (["backup", "list", "--cluster", "c"], "error: Unknown option '--cluster'. Did you mean '--user'?"),
        (["snapshot", "save"], "error: Missing expected argument '<target-and-file> ...'"),
        (["snapshot", "save", "a", "b", "c"], "error: give whose snapshot and one FILE, not 3 names"),
        (
            ["snapshot", "save", "job/x", "f"], #"error: "job/x" is no CLUSTER, statefulset/NAME or pod/NAME"#
        ),
        (["snapshot", "save", "main", "f", "--endpoints", "a:1"], "error: give main or --endpoints, not both"),
        (["snapshot", "save", "/tmp", "--endpoints", "a:1"], "error: /tmp is a directory: name the file in it"),
        (
            ["snapshot", "save", "f", "--endpoints", "a:1", "--timeout", "0s"],
            "error: --timeout must be more than 0"
        ),
        (["members", "a/b"], #"error: "a/b" is no CLUSTER, statefulset/NAME or pod/NAME"#),
        (["members", "main", "--endpoints", "a:1"], "error: give etcdcluster/main or --endpoints, not both"),
        (["health", "--endpoints", "a:1", "--key", "k"], "error: --key needs --cert"),
        (
            ["health", "--endpoints", "a:1", "--user", "root:a", "--password", "b"],
            "error: the password is given twice: in --user and by itself"
        ),
        (
            ["quorum", "--endpoints", "a:1", "--insecure-skip-tls-verify"],
            "error: --insecure-skip-tls-verify is about the API server, which --endpoints needs none of; about etcd it is "
                + "--etcd-insecure-skip-tls-verify"
        ),
        (["quorum", "--endpoints", "a:1", "--for=-1s"], "error: --for must not be negative"),
        (["quorum", "--endpoints", "a:1", "--command-timeout", "0s"], "error: --command-timeout must be more than 0"),
        (
            ["members", "--endpoints", "a:1", "--tls-secret", "s"],
            "error: --tls-secret is for a target by name; with --endpoints give files"
        ),
    ])
    func refusesSenselessCommandLines(_ arguments: [String], firstLine: String) async throws {
        let captured = try CapturedConsole()
        let status = await Plugin.run(arguments, console: captured.console)
        #expect(status == .usage)
        #expect(captured.diagnostics.split(separator: "\n").first.map(String.init) == firstLine)
        #expect(captured.output.isEmpty)
    }

    @Test(arguments: [
        [], ["--help"], ["backup", "create", "-h"], ["help", "wait"], ["-n", "x", "validate", "--help"],
    ])
    func helpIsDataAndNamesKubectl(_ arguments: [String]) async throws {
        let captured = try CapturedConsole()
        #expect(await Plugin.run(arguments, console: captured.console) == .success)
        #expect(captured.output.contains("USAGE: kubectl etcdrecover"))
        #expect(!captured.output.contains("kubectl-etcdrecover <"))
        #expect(captured.diagnostics.isEmpty)
    }

    @Test(arguments: [
        (["members", "--endpoint", "http://127.0.0.1:2379"], "--endpoint; did you mean --endpoints?"),
        (
            ["backup", "create", "x", "--cluster", "c", "--provder=s3", "--bucket", "b"],
            "--provder; did you mean --provider?"
        ),
        (["-n", "prod", "snapshot", "verify", "a", "b", "--frobnicate"], "--frobnicate"),
    ])
    func anOptionThatThereIsNotIsNamedWhateverElseIsWrong(_ arguments: [String], note: String) async throws {
        let captured = try CapturedConsole()
        #expect(await Plugin.run(arguments, console: captured.console) == .usage)
        #expect(
            captured.diagnostics.contains("note: this command has no option \(note)\n"), "\(captured.diagnostics)")
    }

    @Test(arguments: [
        (["backup", "lst"], "kubectl etcdrecover backup list"),
        (["-n", "prod", "bakcup", "list"], "kubectl etcdrecover backup"),
        (["store", "-n", "prod", "purne", "--yes"], "kubectl etcdrecover store prune"),
    ])
    func aMistypedCommandIsRecognised(_ arguments: [String], meant: String) async throws {
        let captured = try CapturedConsole()
        #expect(await Plugin.run(arguments, console: captured.console) == .usage)
        #expect(captured.diagnostics.hasSuffix("note: did you mean \"\(meant)\"?\n"), "\(captured.diagnostics)")
    }

    @Test(arguments: [["backup", "frobnicate"], ["backup", "create", "lst"], ["snapshot", "save"]])
    func anotherWordIsNotTakenForACommand(_ arguments: [String]) async throws {
        let captured = try CapturedConsole()
        #expect(await Plugin.run(arguments, console: captured.console) == .usage)
        #expect(!captured.diagnostics.contains("did you mean"), "\(captured.diagnostics)")
    }

    @Test func controlCharactersOfTheCommandLineAreNotEchoed() async throws {
        let captured = try CapturedConsole()
        #expect(await Plugin.run(["wait", "\u{1B}[2Jx"], console: captured.console) == .usage)
        #expect(!captured.diagnostics.contains("\u{1B}"))
    }
}
