/// The settings that an etcd is started with, as far as its command line and its environment tell them: flags over
/// variables, as etcd reads them. What only a shell script or a configuration file knows is absent.
package struct EtcdSettings: Hashable, Sendable {
    private var flags: [String: String]
    private var variables: [String: String]

    /// - Parameter command: the program and its arguments, or a shell and its script; the kubelet's references in it are
    ///   expanded already.
    package init(command: [String], environment: [String: String]) {
        variables = environment
        flags = Self.flags(in: command.flatMap { Self.words(of: $0, environment) })
    }

    /// Of a flag by its name without dashes: `cert-file`. An empty value counts as none, as it does for etcd.
    package subscript(flag: String) -> String? {
        let variable = "ETCD_" + flag.uppercased().replacing("-", with: "_")
        return (flags[flag] ?? variables[variable]).flatMap { $0.isEmpty ? nil : $0 }
    }

    /// One argument as it is; the words of a shell's script, where an argument is one, with its plain variables expanded.
    private static func words(of argument: String, _ variables: [String: String]) -> [String] {
        guard !argument.hasPrefix("-"), argument.contains(where: \.isWhitespace) else { return [argument] }
        return argument.split { $0.isWhitespace || $0 == "\\" || $0 == ";" }
            .map { String($0.filter { $0 != "\"" && $0 != "'" }).expandingShellVariables { variables[$0] } }
    }

    /// Go's `flag` package takes one dash or two, and the value behind `=` or as the next word. The last of a name counts.
    private static func flags(in words: [String]) -> [String: String] {
        var flags: [String: String] = [:]
        var rest = words[...]
        while let word = rest.popFirst() {
            guard word.hasPrefix("-") else { continue }
            let name = word.drop { $0 == "-" }
            if let equals = name.firstIndex(of: "=") {
                flags[String(name[..<equals])] = String(name[name.index(after: equals)...])
            } else if let next = rest.first, !next.hasPrefix("-") {
                flags[String(name)] = next
                rest.removeFirst()
            } else {
                flags[String(name)] = "true"
            }
        }
        return flags
    }
}
