/// What can stand where the cursor is.
struct Completion: Hashable, Sendable {
    struct Candidate: Hashable, Sendable {
        var value: String
        var description: String?
    }

    /// Names that only the cluster knows.
    enum Names: Hashable, Sendable {
        case backups, restores, recoveries, clusters, namespaces
        /// `backup/NAME`, `restore/NAME` and `recovery/NAME`.
        case jobs
    }

    var candidates: [Candidate] = []
    var names: Names?
    var offersFiles = false
    /// What the user has typed of it, and what stands before that in the same word (`--output=`).
    var typed = ""
    var lead = ""
}

extension CommandTree {
    /// `words` are those behind the plugin's name; the last is the one being typed and may be empty.
    func complete(_ words: [String]) -> Completion {
        var command = self
        var path: [String] = []
        var used: Set<String> = []
        var position = 0
        var pending: Argument?
        var isTerminated = false
        for word in words.dropLast() {
            if pending != nil {
                pending = nil
            } else if word == "--" {
                isTerminated = true
            } else if !isTerminated, word.hasPrefix("-"), word != "-" {
                let name = word.split(separator: "=", maxSplits: 1).first.map(String.init) ?? word
                used.insert(name)
                let option = command.option(name) ?? connectionOption(name)
                if option?.kind == .option, !word.contains("=") { pending = option }
            } else if let next = command.subcommands?.first(where: { $0.commandName == word }) {
                command = next
                path.append(word)
            } else {
                position += 1
            }
        }
        let typed = words.last ?? ""
        if let pending { return command.values(of: pending, path: path, typed: typed, lead: "") }
        if !isTerminated, typed.hasPrefix("-") {
            guard let equals = typed.firstIndex(of: "="), let option = command.option(String(typed[..<equals])) else {
                return command.options(typed: typed, except: used)
            }
            let start = typed.index(after: equals)
            return command.values(
                of: option, path: path, typed: String(typed[start...]), lead: String(typed[..<start]))
        }
        if let subcommands = command.subcommands, !subcommands.isEmpty {
            let shown = subcommands.filter { $0.shouldDisplay != false }
            return Completion(
                candidates: shown.map { .init(value: $0.commandName, description: $0.abstract) }
                    .filter { $0.value.hasPrefix(typed) },
                // What is no subcommand is a cluster there.
                names: path == ["recover"] && position == 0 ? .clusters : nil, typed: typed)
        }
        let positionals = command.arguments?.filter { $0.kind == .positional } ?? []
        guard
            let argument = position < positionals.count ? positionals[position] : positionals.last(where: \.isRepeating)
        else { return Completion(typed: typed) }
        return command.values(of: argument, path: path, typed: typed, lead: "")
    }

    private func option(_ name: String) -> Argument? { arguments?.first { $0.spellings.contains(name) } }

    /// A flag of the connection may stand before the subcommand that declares it.
    private func connectionOption(_ name: String) -> Argument? {
        option(name) ?? subcommands?.lazy.compactMap { $0.connectionOption(name) }.first
    }

    private func options(typed: String, except used: Set<String>) -> Completion {
        let candidates = (arguments ?? []).filter { argument in
            argument.shouldDisplay && argument.kind != .positional
                && (argument.isRepeating || used.isDisjoint(with: argument.spellings))
        }.flatMap { argument in
            argument.spellings.filter { $0.hasPrefix("--") }.map {
                Completion.Candidate(value: $0, description: argument.abstract)
            }
        }
        return Completion(candidates: candidates.filter { $0.value.hasPrefix(typed) }, typed: typed)
    }

    private func values(of argument: Argument, path: [String], typed: String, lead: String) -> Completion {
        var completion = Completion(typed: typed, lead: lead)
        completion.candidates = argument.values.filter { $0.hasPrefix(typed) }.map { .init(value: $0) }
        completion.offersFiles = argument.isFile
        completion.names = Self.names(argument, path: path)
        return completion
    }

    private static func names(_ argument: Argument, path: [String]) -> Completion.Names? {
        switch (argument.kind, argument.spellings.last ?? "", path) {
        case (.option, "--cluster", _): .clusters
        case (.option, "--from-backup", _): .backups
        case (.option, "--namespace", _): .namespaces
        case (.positional, _, ["backup", "describe"]), (.positional, _, ["backup", "list"]): .backups
        case (.positional, _, ["restore", "describe"]), (.positional, _, ["restore", "list"]): .restores
        case (.positional, _, ["recover", "describe"]), (.positional, _, ["recover", "list"]),
            (.positional, _, ["recover", "acknowledge"]), (.positional, _, ["recover", "abort"]):
            .recoveries
        case (.positional, _, ["recover", "run"]): .clusters
        case (.positional, _, ["wait"]): .jobs
        case (.positional, _, ["members"]), (.positional, _, ["health"]), (.positional, _, ["quorum"]): .clusters
        default: nil
        }
    }
}

extension Completion {
    /// In the form that kubectl reads from a plugin's completion: a line for each candidate with its description behind
    /// a tab, then a directive. Files are offered only where they can stand.
    func cobraText() -> String {
        let lines = candidates.map { candidate in
            let value = (lead + candidate.value).printable()
            return candidate.description.map { "\(value)\t\($0.printable())" } ?? value
        }
        return (lines + [offersFiles && candidates.isEmpty ? ":0" : ":4"]).joined(separator: "\n") + "\n"
    }
}
