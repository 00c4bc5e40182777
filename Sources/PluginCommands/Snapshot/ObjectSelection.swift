import SnapshotFile

/// Which objects a person asks for.
struct ObjectSelection: Hashable, Sendable {
    /// In lower case, a plural or a singular, with or without its group. Nil for every resource.
    var resource: String?
    var name: String?
    var namespace: String?

    /// `resource` may be `RESOURCE/NAME`.
    init(resource: String?, name: String?, namespace: String?) {
        let parts = resource?.split(separator: "/", maxSplits: 1).map(String.init) ?? []
        self.resource = parts.first?.lowercased()
        self.name = name ?? (parts.count > 1 ? parts[1] : nil)
        self.namespace = namespace
    }

    func contains(_ key: KubernetesKey) -> Bool {
        (resource.map { key.resource.answers(to: $0) } ?? true)
            && (name.map { $0 == key.name } ?? true) && (namespace.map { $0 == key.namespace } ?? true)
    }
}

extension KubernetesResource {
    fileprivate func answers(to asked: String) -> Bool {
        let parts = asked.split(separator: ".", maxSplits: 1).map(String.init)
        guard let word = parts.first, parts.count == 1 || parts[1] == group else { return false }
        return plural == word || plural == word + "s" || plural == word + "es"
            || (word.hasSuffix("y") && plural == word.dropLast() + "ies")
    }
}
