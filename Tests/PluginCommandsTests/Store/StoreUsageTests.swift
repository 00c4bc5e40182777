import Testing

@testable import PluginCommands

/// Command lines that make no sense are refused before anything is asked of a store.
struct StoreUsageTests {
    @Test(arguments: [
        (
            ["store", "list"],
            "which store? Give s3://BUCKET/PREFIX, gs://BUCKET/PREFIX, file:///DIRECTORY or --backup NAME"
        ),
        (["store", "list", "s3://b", "--backup", "n"], "give s3://b or --backup, not both"),
        (
            ["store", "list", "backups"],
            "backups is no place in a store: write s3://BUCKET/KEY, gs://BUCKET/KEY or file:///PATH"
        ),
        (
            ["store", "list", "http://b"],
            "http://b is no place of an object: it begins with none of s3://, gs:// and file://"
        ),
        (["store", "verify", "s3://"], "s3:// is no place of an object: it names no bucket"),
        (["store", "list", "s3://b/a/../c"], "the key \"a/../c\" has a segment \".\" or \"..\"; choose another"),
        (["store", "list", "gs://b", "--region", "x"], "--region is for s3:// and not for gs://b/"),
        (["store", "list", "file:///b", "--secret", "x"], "--secret is for s3:// and gs:// and not for file:///b"),
        (
            ["store", "list", "s3://b", "--bandwidth-limit", "0"],
            "--bandwidth-limit must be bytes a second, as 500Ki or 50Mi, not \"0\""
        ),
        (["store", "prune", "s3://b", "--keep", "3"], "whose snapshots? Give --cluster NAME or --cluster-id ID"),
        (["store", "prune", "s3://b", "--cluster", "main"], "how many are to stay? Give --keep N"),
        (["store", "prune", "s3://b", "--cluster", "main", "--keep", "0"], "--keep must be at least 1, not 0"),
        (["store", "upload", "/nonexistent", "s3://b/"], "s3://b/ is a folder: name the object in it"),
        (["store", "upload", "f", "s3://b/k", "--sse-kms-key-id", "k"], "--sse-kms-key-id needs --sse aws:kms"),
        (["snapshot", "status", "s3://b"], "s3://b/ is a folder: name the object in it"),
        (
            ["snapshot", "keys", "s3://b/k"],
            "this command reads a file: download it first, with kubectl etcdrecover store download s3://b/k FILE"
        ),
        (["snapshot", "restore"], "which snapshot? Give its FILE, or --from"),
        (["snapshot", "restore", "a", "--from", "s3://b/k"], "give one snapshot, not 2: [\"a\", \"s3://b/k\"]"),
        (
            ["snapshot", "save", "--endpoints", "http://127.0.0.1:1", "s3://b/k", "--overwrite"],
            "--overwrite is for files: objects are never overwritten"
        ),
    ])
    func isRefused(_ arguments: [String], message: String) async throws {
        let captured = try CapturedConsole()
        #expect(await Plugin.run(arguments, console: captured.console) == .usage, "\(captured.diagnostics)")
        #expect(captured.diagnostics.hasPrefix("error: \(message)\n"), "\(captured.diagnostics)")
    }
}
