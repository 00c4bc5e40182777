import EtcdRecoverModel

/// The settings that the etcd of a pod was started with, as far as the pod's own text tells them: flags over variables,
/// as etcd reads them. What only a shell script or a configuration file knows is absent.
package struct EtcdProcess: Sendable {
    private var flags: [String: String] = [:]
    private var variables: [String: String] = [:]

    /// `configMaps`: the text of those that the container's environment refers to, by name.
    package init(_ pod: MemberPod, configMaps: [String: [String: String]] = [:]) {
        guard let container = pod.etcdContainer else { return }
        variables = Self.environment(of: container, pod, configMaps)
        let words = (container.command ?? []) + (container.args ?? [])
        flags = Self.flags(in: words.flatMap { Self.words(of: Self.expand($0, variables)) })
            .mapValues { Self.expandShell($0, variables) }
    }

    /// Of a flag by its name without dashes: `cert-file`.
    package subscript(flag: String) -> String? {
        let variable = "ETCD_" + flag.uppercased().replacing("-", with: "_")
        let value = flags[flag] ?? variables[variable].map { Self.expandShell($0, variables) }
        return value.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// Where it listens for clients. A port-forward arrives at the pod's loopback, so an address that takes those is first.
    package var clientListener: Listener {
        let all = (self["listen-client-urls"] ?? "").split(separator: ",").compactMap { Listener(String($0)) }
        return all.first(where: \.takesLoopback) ?? all.first ?? Listener(scheme: "http", host: "localhost", port: 2379)
    }

    /// Where clients are told to go; nil when it is not known.
    package var advertised: Listener? {
        let all = (self["advertise-client-urls"] ?? "").split(separator: ",").compactMap { Listener(String($0)) }
        // What was not expanded is no name.
        return (all.first { $0.scheme == "https" } ?? all.first).flatMap { $0.host.contains("$") ? nil : $0 }
    }

    /// The host that clients are told to use, which its certificate therefore names; nil when it is not known.
    package var advertisedHost: String? { advertised?.host }

    package struct Listener: Hashable, Sendable {
        package var scheme: String
        /// Without brackets.
        package var host: String
        package var port: UInt16

        package init(scheme: String, host: String, port: UInt16) {
            self.scheme = scheme
            self.host = host
            self.port = port
        }

        var takesLoopback: Bool { ["0.0.0.0", "::", "127.0.0.1", "::1", "localhost", ""].contains(host) }
    }
}

extension EtcdProcess.Listener {
    /// From `https://0.0.0.0:2379`; nil for anything else, Unix sockets included.
    init?(_ url: String) {
        let url = String(url.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
        guard let separator = url.firstRange(of: "://") else { return nil }
        let scheme = String(url[..<separator.lowerBound])
        guard scheme == "http" || scheme == "https" else { return nil }
        let authority = url[separator.upperBound...].prefix { $0 != "/" }
        guard let colon = authority.lastIndex(of: ":"), let port = UInt16(authority[authority.index(after: colon)...])
        else { return nil }
        self.init(scheme: scheme, host: String(authority[..<colon].filter { $0 != "[" && $0 != "]" }), port: port)
    }
}

extension EtcdProcess {
    private static func environment(
        of container: MemberPod.Container, _ pod: MemberPod, _ configMaps: [String: [String: String]]
    ) -> [String: String] {
        var all: [String: String] = [:]
        for source in container.envFrom ?? [] {
            for (key, value) in source.configMapRef?.name.flatMap({ configMaps[$0] }) ?? [:] {
                all[(source.prefix ?? "") + key] = value
            }
        }
        for variable in container.env ?? [] {
            if let value = variable.value {
                all[variable.name] = expand(value, all)
            } else if let path = variable.valueFrom?.fieldRef?.fieldPath {
                all[variable.name] = pod.field(path)
            } else if let reference = variable.valueFrom?.configMapKeyRef, let name = reference.name {
                all[variable.name] = configMaps[name]?[reference.key]
            }
        }
        return all
    }

    /// Kubernetes' own expansion: `$(NAME)` of a known variable, `$$` for a dollar sign.
    static func expand(_ text: String, _ variables: [String: String]) -> String {
        var result = ""
        var rest = text[...]
        while let dollar = rest.firstIndex(of: "$") {
            result += rest[..<dollar]
            rest = rest[rest.index(after: dollar)...]
            if rest.first == "$" {
                result += "$"
                rest.removeFirst()
            } else if rest.first == "(", let end = rest.firstIndex(of: ")"),
                let value = variables[String(rest[rest.index(after: rest.startIndex)..<end])]
            {
                result += value
                rest = rest[rest.index(after: end)...]
            } else {
                result += "$"
            }
        }
        return result + rest
    }

    /// A shell's plain `${NAME}` and `$NAME`. Anything cleverer stays as it is.
    static func expandShell(_ text: String, _ variables: [String: String]) -> String {
        var result = ""
        var rest = text[...]
        while let dollar = rest.firstIndex(of: "$") {
            result += rest[..<dollar]
            let behind = rest[rest.index(after: dollar)...]
            let isBraced = behind.first == "{"
            let name = (isBraced ? behind.dropFirst() : behind).prefix {
                $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_")
            }
            let end =
                isBraced
                ? behind[name.endIndex...].first == "}" ? behind.index(after: name.endIndex) : nil : name.endIndex
            if let end, let value = variables[String(name)] {
                result += value
                rest = rest[end...]
            } else {
                result += "$"
                rest = behind
            }
        }
        return result + rest
    }

    /// One argument as it is; the words of a shell's script, where an argument is one.
    private static func words(of argument: String) -> [String] {
        guard !argument.hasPrefix("-"), argument.contains(where: \.isWhitespace) else { return [argument] }
        return argument.split { $0.isWhitespace || $0 == "\\" || $0 == ";" }
            .map { String($0.filter { $0 != "\"" && $0 != "'" }) }
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

extension MemberPod {
    /// What a `fieldRef` stands for.
    fileprivate func field(_ path: String) -> String? {
        switch path {
        case "metadata.name": metadata.name
        case "metadata.namespace": metadata.namespace
        case "metadata.uid": metadata.uid
        case "spec.nodeName": spec.nodeName
        case "status.podIP", "status.podIPs": status?.podIP
        case "status.hostIP": status?.hostIP
        default: nil
        }
    }
}
