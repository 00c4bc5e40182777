package import EtcdRecoverModel

/// Query parameters of a write.
package struct WriteOptions: Sendable {
    package enum FieldValidation: String, Sendable {
        case ignore = "Ignore"
        case warn = "Warn"
        case strict = "Strict"
    }

    /// Everything runs, admission included, and nothing is stored.
    package var dryRun: Bool
    /// Who owns the fields written; nil lets the server take it from the user agent. An apply must have one.
    package var fieldManager: String?
    /// Ignored by servers before 1.25.
    package var fieldValidation: FieldValidation?
    /// Of this call with all its retries; nil takes the configuration's.
    package var within: Duration?

    package init(
        dryRun: Bool = false, fieldManager: String? = nil, fieldValidation: FieldValidation? = nil,
        within: Duration? = nil
    ) {
        self.dryRun = dryRun
        self.fieldManager = fieldManager
        self.fieldValidation = fieldValidation
        self.within = within
    }
}

package enum Patch: Sendable {
    /// JSON Merge Patch, RFC 7386.
    case merge(any Encodable & Sendable)
    /// JSON Patch, RFC 6902.
    case json([JSONPatchOperation])
    /// Server-side apply of all the fields we care for. `force` takes fields over from other managers.
    case apply(any Encodable & Sendable, force: Bool = false)
}

package struct DeleteOptions: Sendable {
    package enum Propagation: String, Sendable {
        case orphan = "Orphan"
        case background = "Background"
        case foreground = "Foreground"
    }

    /// Only the object with this UID, never one that took its name since.
    package var uid: String?
    package var resourceVersion: String?
    package var propagation: Propagation?
    package var gracePeriodSeconds: Int?
    package var dryRun: Bool
    package var within: Duration?

    package init(
        uid: String? = nil, resourceVersion: String? = nil, propagation: Propagation? = nil,
        gracePeriodSeconds: Int? = nil, dryRun: Bool = false, within: Duration? = nil
    ) {
        self.uid = uid
        self.resourceVersion = resourceVersion
        self.propagation = propagation
        self.gracePeriodSeconds = gracePeriodSeconds
        self.dryRun = dryRun
        self.within = within
    }
}
