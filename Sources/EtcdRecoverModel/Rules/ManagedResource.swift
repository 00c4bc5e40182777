/// A kind of ours: one that the rules judge, in the webhook, the controllers, the plugin and offline.
package protocol ManagedResource: KubernetesResource, Hashable {
    /// The whole object's shape below `apiVersion`, `kind` and `metadata`: fields `spec` and `status`.
    static var schema: Schema { get }
    /// What one object of the kind is, for `kubectl explain`.
    static var summary: String { get }
    static var shortNames: [String] { get }
    static var printerColumns: [PrinterColumn] { get }

    /// The object with every default filled in. Idempotent. `sourceVersion` is the etcd version of the cluster that a
    /// restore's backup was taken from, where it could be looked up.
    func defaulted(sourceVersion: String?) -> Self

    /// What the rules say of the object by itself, without asking anybody, in field order.
    func specFindings(options: RuleOptions) -> [Finding]

    /// What the rules say that look something up, in field order; all look-ups run in parallel.
    func lookupFindings(requester: UserInfo?, lookup: any Lookup, options: RuleOptions) async -> [Finding]

    /// Whether work on the object has begun, from when on its spec is a record.
    var hasPhase: Bool { get }

    /// Whether both ask for the same, defaults filled in.
    func hasSameSpec(as old: Self) -> Bool

    /// What it means that this comes in the place of `old`.
    func specUpdate(after old: Self) -> SpecUpdate

    /// The etcd version to fill in as default, asked for only where it is missing: what `old` already had, on update,
    /// or what the cluster runs that a restore's backup was taken from.
    func sourceVersion(old: Self?, lookup: any Lookup) async -> String?

    /// What turns the JSON of `received` into that of this object, its defaulted self.
    func defaultPatch(from received: Self) -> DefaultPatch

    init(metadata: ObjectMeta)
}

package struct PrinterColumn: Sendable, Hashable {
    package var name: String
    package var type: String
    package var jsonPath: String

    package init(name: String, type: String, jsonPath: String) {
        self.name = name
        self.type = type
        self.jsonPath = jsonPath
    }
}

/// What whoever runs the rules chooses.
package struct RuleOptions: Sendable {
    /// Lets endpoints name loopback and link-local addresses.
    package var allowLocalEndpoints: Bool
    /// What an unavailable look-up counts as: an error at admission, a warning when the operator says so, unresolved
    /// offline.
    package var unavailableLookup: Finding.Severity
    /// Whether a private key in PEM can be signed with. Nil: only its outer structure is checked, since reading a key
    /// takes a cryptographic library, which the rules do without.
    package var loadsPrivateKey: (@Sendable (_ pem: String) -> Bool)?

    /// Whether of two restores into one target, or two recoveries of one cluster, that have both not begun the older is
    /// let on. For the check before work begins, where one of two admitted at once must win; at admission any unfinished
    /// one refuses another.
    package var olderGoesOn: Bool

    package init(
        allowLocalEndpoints: Bool = false, unavailableLookup: Finding.Severity = .error,
        olderGoesOn: Bool = false, loadsPrivateKey: (@Sendable (_ pem: String) -> Bool)? = nil
    ) {
        self.allowLocalEndpoints = allowLocalEndpoints
        self.unavailableLookup = unavailableLookup
        self.olderGoesOn = olderGoesOn
        self.loadsPrivateKey = loadsPrivateKey
    }
}
