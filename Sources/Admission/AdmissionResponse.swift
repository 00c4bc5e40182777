package import EtcdRecoverModel
package import FoundationEssentials

/// The answer to a review, as the API server reads it.
package struct AdmissionReviewResponse: Encodable, Hashable, Sendable {
    /// The version of the review that is answered: the API server reads no other.
    package var apiVersion = AdmissionReview.apiVersion
    package var kind = AdmissionReview.kind
    package var response: Response

    package struct Response: Encodable, Hashable, Sendable {
        package var uid: String
        package var allowed: Bool
        package var status: Status?
        /// `JSONPatch` where there is a patch.
        package var patchType: String?
        /// Base64 in JSON.
        package var patch: Data?
        package var warnings: [String]?
        package var auditAnnotations: [String: String]?
    }
}

extension AdmissionReviewResponse.Response {
    static func allowed(uid: String) -> Self { Self(uid: uid, allowed: true) }

    static func badRequest(uid: String, _ message: String) -> Self {
        Self(uid: uid, allowed: false, status: .badRequest(message))
    }
}

extension Status {
    package static func badRequest(_ message: String) -> Status {
        Status(status: "Failure", message: message, reason: "BadRequest", code: 400)
    }
}
