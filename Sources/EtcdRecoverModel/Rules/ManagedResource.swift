/// A kind of ours: one that the rules judge, in the webhook, the controllers, the plugin and offline.
package protocol ManagedResource: KubernetesResource, Hashable {
    /// The whole object's shape below `apiVersion`, `kind` and `metadata`: fields `spec` and `status`.
    static var schema: Schema { get }
    static var shortNames: [String] { get }
    static var printerColumns: [PrinterColumn] { get }

    /// The object with every default filled in. Idempotent. `sourceVersion` is the etcd version of the cluster that a
    /// restore's backup was taken from, where it could be looked up.
    func defaulted(sourceVersion: String?) -> Self

    /// What the rules say without asking anybody, in field order. `old` is the object as stored, on update.
    func pureFindings(old: Self?, options: RuleOptions) -> [Finding]

    /// What the rules say that look something up, in field order; all look-ups run in parallel.
    func lookupFindings(requester: UserInfo?, lookup: any Lookup, options: RuleOptions) async -> [Finding]

    /// Whether work on the object has begun, from when on its spec is a record.
    var hasPhase: Bool { get }
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

/// What whoever runs the rules may choose.
package struct RuleOptions: Sendable, Hashable {
    /// Lets endpoints name loopback and link-local addresses.
    package var allowLocalEndpoints: Bool
    /// What an unavailable look-up counts as: an error at admission, a warning when the operator says so, unresolved
    /// offline.
    package var unavailableLookup: Finding.Severity

    package init(allowLocalEndpoints: Bool = false, unavailableLookup: Finding.Severity = .error) {
        self.allowLocalEndpoints = allowLocalEndpoints
        self.unavailableLookup = unavailableLookup
    }
}
