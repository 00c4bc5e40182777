import ArgumentParser
import Testing

@testable import PluginCommands

struct ArgumentTests {
    @Test(arguments: [
        (["backup", "list"], ["backup", "list"]),
        (["-n", "db", "backup", "list"], ["backup", "list", "-n", "db"]),
        (["backup", "-n", "db", "list", "-A"], ["backup", "list", "-n", "db", "-A"]),
        (
            ["--context=prod", "--as", "jane", "backup", "list", "x"],
            ["backup", "list", "--context=prod", "--as", "jane", "x"]
        ),
        (["-A", "restore", "ls"], ["restore", "ls", "-A"]),
        (["--help", "backup"], ["backup", "--help"]),
        (["-n", "db"], ["-n", "db"]),
        (["--color", "never", "reference"], ["reference", "--color", "never"]),
        (["--", "backup"], ["--", "backup"]),
        (["bakup", "-n", "db"], ["bakup", "-n", "db"]),
        (["backup", "create", "--wait=true"], ["backup", "create", "--wait"]),
        (["backup", "create", "--wait=false"], ["backup", "create"]),
        (["backup", "create", "--force-path-style=false"], ["backup", "create", "--no-force-path-style"]),
        (["validate", "--recursive=true"], ["validate", "--recursive"]),
        (["backup", "create", "--wait=maybe"], ["backup", "create", "--wait=maybe"]),
        (["backup", "create", "--prefix=true"], ["backup", "create", "--prefix=true"]),
    ])
    func movesGlobalFlagsAndSpellsOutBooleans(_ typed: [String], expected: [String]) {
        #expect(ArgumentNormalizer.normalize(typed, root: Plugin.self) == expected)
    }

    @Test func knowsEveryConnectionFlagWithAValue() throws {
        struct Connection: ParsableCommand {
            @OptionGroup var connection: ConnectionOptions
            @OptionGroup var color: ColorOptions
        }
        let declared = try CommandTree(of: Connection.self).arguments?.filter { $0.kind == .option } ?? []
        #expect(Set(declared.flatMap(\.spellings)) == ArgumentNormalizer.valued)
    }

    @Test func knowsEveryFlagWithAValueOfCommandsThatSpeakToEtcd() throws {
        struct Connection: ParsableCommand {
            @OptionGroup var etcd: EtcdFlags
            @OptionGroup var color: ColorOptions
            @OptionGroup var kubernetes: KubernetesOptions
        }
        let declared = try CommandTree(of: Connection.self).arguments?.filter { $0.kind == .option } ?? []
        // --user is in both, and means another user.
        #expect(
            Set(declared.flatMap(\.spellings))
                == ArgumentNormalizer.valued.union(ArgumentNormalizer.etcdValued))
    }

    @Test func knowsEveryCommandThatSpeaksToEtcd() throws {
        func names(_ tree: CommandTree) -> [String] {
            let isOne = tree.arguments?.contains { $0.spellings.contains("--kube-user") } == true
            return (isOne ? [tree.commandName] : []) + (tree.subcommands ?? []).flatMap(names)
        }
        #expect(try Set(names(CommandTree(of: Plugin.self))) == ArgumentNormalizer.etcdCommands)
    }

    @Test func knowsEveryFlag() throws {
        func commands(_ tree: CommandTree) -> [CommandTree] { [tree] + (tree.subcommands ?? []).flatMap(commands) }
        var (inverted, others): (Set<String>, Set<String>) = ([], [])
        for command in commands(try CommandTree(of: Plugin.self)) {
            let flags = command.arguments?.filter { $0.kind == .flag } ?? []
            let names = Set(flags.flatMap(\.spellings).filter { $0.hasPrefix("--") && $0 != "--help" })
            // A flag that begins with --no- alone, as --no-wait, is one as any other.
            let pairs = names.filter { names.contains("--no-" + $0.dropFirst(2)) }
            inverted.formUnion(pairs)
            others.formUnion(names.subtracting(pairs).subtracting(pairs.map { "--no-" + $0.dropFirst(2) }))
        }
        #expect(inverted == ArgumentNormalizer.invertible)
        #expect(others == ArgumentNormalizer.switches)
    }

    @Test func theUserOfEtcdIsNotTheKubeconfigs() {
        let words = [
            "members", "--user", "root", "--kube-user=admin", "--kube-user", "jane", "--endpoints", "-n", "-n", "db",
            "--etcd-insecure-skip-tls-verify",
        ]
        #expect(ArgumentNormalizer.connectionFlags(in: words) == ["--user=admin", "--user", "jane", "-n", "db"])
        #expect(
            ArgumentNormalizer.normalize(["--endpoints", "a:1", "--cacert=ca", "members"], root: Plugin.self)
                == ["members", "--endpoints", "a:1", "--cacert=ca"])
    }

    @Test func findsConnectionFlagsOnAnUnfinishedLine() {
        let words = [
            "backup", "-n", "db", "list", "--context=a", "-o", "json", "--insecure-skip-tls-verify", "--token",
        ]
        #expect(
            ArgumentNormalizer.connectionFlags(in: words)
                == ["-n", "db", "--context=a", "--insecure-skip-tls-verify", "--token"])
    }
}
