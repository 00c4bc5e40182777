import ArgumentParser
import EtcdRecoverModel

/// Brings what kubectl's users type into the form that ArgumentParser takes.
///
/// kubectl's flags may stand anywhere behind the plugin's name (`-n db backup list`, `backup -n db list`), and its
/// boolean flags take a value (`--wait=false`).
struct ArgumentNormalizer {
    /// Options with a value that may precede the subcommand.
    static let valued: Set<String> = [
        "--as", "--as-group", "--as-uid", "--certificate-authority", "--color", "--context", "--kube-cluster",
        "--kubeconfig", "--namespace", "--request-timeout", "--server", "--tls-server-name", "--token", "--user",
        "-n", "-s",
    ]
    /// The same, of commands that speak to etcd. There `--user` is etcd's, and the kubeconfig's is `--kube-user`.
    static let etcdValued: Set<String> = [
        "--cacert", "--cert", "--command-timeout", "--endpoints", "--etcd-server-name", "--key", "--kube-user",
        "--password", "--password-file", "--tls-secret",
    ]
    static let etcdCommands: Set<String> = ["health", "members", "quorum", "save"]
    /// Flags that `--no-…` turns off.
    static let invertible: Set<String> = ["--force-path-style", "--recursive"]
    /// Flags that are off unless given.
    static let switches: Set<String> = [
        "--all-namespaces", "--allow-local-endpoints", "--client", "--disarm-alarms", "--dry-run", "--endpoints-only",
        "--etcd-insecure-skip-tls-verify", "--exit-code", "--history", "--ignore-restores",
        "--insecure-skip-tls-verify", "--keep", "--mark-compacted", "--no-wait", "--overwrite", "--plan", "--raw",
        "--remove-leftovers",
        "--sizes", "--skip-hash-check", "--strict", "--wait", "--yes",
    ]

    static func normalize(_ arguments: [String], root: any ParsableCommand.Type) -> [String] {
        let line = CommandLineParts(arguments, root: root)
        return (line.path + line.flags + line.rest).flatMap(spellOut)
    }

    /// The command that somebody may have meant whose word is the name of none.
    static func meant(by arguments: [String], root: any ParsableCommand.Type) -> String? {
        let line = CommandLineParts(arguments, root: root)
        let commands = line.command.configuration.subcommands.filter { $0.configuration.shouldDisplay }
        let names = commands.compactMap { $0.configuration.commandName }
        guard let word = line.rest.first, let name = nearestName(to: word, among: names) else { return nil }
        return ([root.configuration.commandName ?? ""] + line.path + [name]).joined(separator: " ")
    }

    /// The first long option that the command does not have, and the one of its own that may have been meant.
    static func unknownOption(
        in arguments: [String], root: any ParsableCommand.Type
    ) -> (option: String, near: String?)? {
        let line = CommandLineParts(arguments, root: root)
        guard let tree = try? CommandTree(of: line.command) else { return nil }
        let shown = (tree.arguments ?? []).filter(\.shouldDisplay).flatMap(\.spellings)
        let known = Set((tree.arguments ?? []).flatMap(\.spellings) + ["--help", "--version"])
        for word in line.rest.prefix(while: { $0 != "--" }) where word.hasPrefix("--") {
            let name = word.split(separator: "=", maxSplits: 1).first.map(String.init) ?? word
            if !known.contains(name) { return (name, nearestName(to: name, among: shown)) }
        }
        return nil
    }

    /// The flags among `words` that say how to connect to the API server, with their values, as `ConnectionOptions` has
    /// them.
    static func connectionFlags(in words: [String]) -> [String] {
        let speaksToEtcd = words.contains(where: etcdCommands.contains)
        var flags: [String] = []
        var rest = words[...]
        while let word = rest.popFirst(), word != "--" {
            let name = word.split(separator: "=", maxSplits: 1).first.map(String.init) ?? word
            if name == "--insecure-skip-tls-verify" {
                flags += spellOut(word)
                continue
            }
            guard valued.contains(name) || etcdValued.contains(name) else { continue }
            let value = name == word ? rest.popFirst().map { [$0] } ?? [] : []
            switch name {
            case "--color": break
            case "--user" where speaksToEtcd: break
            case "--kube-user": flags += ["--user" + word.dropFirst(name.count)] + value
            case _ where etcdValued.contains(name): break
            default: flags += [word] + value
            }
        }
        return flags
    }

    private static func spellOut(_ argument: String) -> [String] {
        guard argument.hasPrefix("--"), let equals = argument.firstIndex(of: "=") else { return [argument] }
        let name = String(argument[..<equals])
        switch (argument[argument.index(after: equals)...], invertible.contains(name), switches.contains(name)) {
        case ("true", true, _), ("true", _, true): return [name]
        case ("false", true, _): return ["--no-" + name.dropFirst(2)]
        case ("false", _, true): return []
        default: return [argument]
        }
    }
}

/// A command line, taken apart where the name of its command ends.
private struct CommandLineParts {
    private(set) var command: any ParsableCommand.Type
    /// The names that lead to it.
    private(set) var path: [String] = []
    /// Those that stood before or among the names, with their values.
    private(set) var flags: [String] = []
    private(set) var rest: ArraySlice<String>

    init(_ arguments: [String], root: any ParsableCommand.Type) {
        command = root
        rest = arguments[...]
        while let word = rest.first, word != "--", !command.configuration.subcommands.isEmpty {
            if word.hasPrefix("-"), word != "-" {
                flags.append(rest.removeFirst())
                if ArgumentNormalizer.valued.contains(word) || ArgumentNormalizer.etcdValued.contains(word),
                    let value = rest.popFirst()
                {
                    flags.append(value)
                }
            } else if let next = command.configuration.subcommands.first(where: { $0.answers(to: word) }) {
                command = next
                path.append(rest.removeFirst())
            } else {
                break
            }
        }
    }
}

extension ParsableCommand {
    static func answers(to name: String) -> Bool {
        configuration.commandName == name || configuration.aliases.contains(name)
    }
}
