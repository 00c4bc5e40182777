import Cryptography

/// Since when each CA has been in every bundle, as this replica has seen it.
struct BundleObservations: Sendable {
    /// Uptime at which each CA was first seen in all bundles.
    private var since: [Certificate: Duration] = [:]
    private var generations: [String: Int] = [:]
    /// Those in all bundles when first looked at: how long before that, nobody here knows.
    private(set) var initial: Set<Certificate>?
    private var latest: Duration = .zero

    /// A CA that was absent counts anew. So do all when a configuration has changed: between two looks, a bundle may have
    /// been without any of them, and an API server may be about to hear just that.
    mutating func record(_ published: [WebhookConfiguration], at uptime: Duration) {
        let bundles = published.bundles
        let generations = Dictionary(published.map { ($0.name, $0.generation) }, uniquingKeysWith: max)
        if generations != self.generations { since = [:] }
        self.generations = generations
        let common = bundles.dropFirst().reduce(Set(bundles.first ?? [])) { $0.intersection($1) }
        since = Dictionary(uniqueKeysWithValues: common.map { ($0, since[$0] ?? uptime) })
        initial = initial?.intersection(common) ?? common
        latest = uptime
    }

    /// How long up to the latest look `authority` has been in every bundle, or nil when it was not.
    func duration(of authority: Certificate) -> Duration? {
        since[authority].map { latest - $0 }
    }
}
