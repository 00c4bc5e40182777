/// A `metav1.Status`: how the API server, and an admission webhook, says no.
package struct Status: Codable, Hashable, Sendable {
    package var apiVersion: String? = "v1"
    package var kind: String? = "Status"
    /// `Success` or `Failure`.
    package var status: String?
    package var message: String?
    /// `NotFound`, `Invalid`, `Conflict` and so on; nil when the server named none.
    package var reason: String?
    package var details: Details?
    /// The HTTP status.
    package var code: Int?

    package struct Details: Codable, Hashable, Sendable {
        package var name: String?
        package var group: String?
        package var kind: String?
        package var uid: String?
        package var causes: [Cause]?
        package var retryAfterSeconds: Int?

        package init(
            name: String? = nil, group: String? = nil, kind: String? = nil, uid: String? = nil,
            causes: [Cause]? = nil, retryAfterSeconds: Int? = nil
        ) {
            self.name = name
            self.group = group
            self.kind = kind
            self.uid = uid
            self.causes = causes
            self.retryAfterSeconds = retryAfterSeconds
        }
    }

    package struct Cause: Codable, Hashable, Sendable {
        package var reason: CauseReason?
        package var message: String?
        package var field: String?

        package init(reason: CauseReason?, message: String?, field: String?) {
            self.reason = reason
            self.message = message
            self.field = field
        }
    }

    package init(
        status: String? = nil, message: String? = nil, reason: String? = nil, details: Details? = nil, code: Int? = nil
    ) {
        self.status = status
        self.message = message
        self.reason = reason
        self.details = details
        self.code = code
    }
}

/// A `metav1.CauseType`; others than those named here survive decoding.
package struct CauseReason: RawRepresentable, Codable, Hashable, Sendable {
    package var rawValue: String
    package init(rawValue: String) { self.rawValue = rawValue }

    package static let required = Self(rawValue: "FieldValueRequired")
    package static let invalid = Self(rawValue: "FieldValueInvalid")
    package static let notFound = Self(rawValue: "FieldValueNotFound")
    package static let forbidden = Self(rawValue: "FieldValueForbidden")
    package static let duplicate = Self(rawValue: "FieldValueDuplicate")
    package static let notSupported = Self(rawValue: "FieldValueNotSupported")
    package static let internalError = Self(rawValue: "InternalError")
}
