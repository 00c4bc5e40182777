import Cryptography

/// Since when each CA has been in every bundle, as this replica has seen it.
struct BundleObservations: Sendable {
    /// Uptime at which each CA was first seen in all bundles; an absence in between starts it anew.
    private var since: [Certificate: Duration] = [:]
    /// Those in all bundles when first looked at: how long before that, nobody here knows.
    private(set) var initial: Set<Certificate>?
    private var latest: Duration = .zero

    mutating func record(_ bundles: [[Certificate]], at uptime: Duration) {
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
