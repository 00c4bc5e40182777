package import EtcdRecoverModel
import FoundationEssentials

/// An answer, and what a log line or a metric says about it.
package struct AdmissionDecision: Sendable {
    package var review: AdmissionReviewResponse
    /// Nil when the review could not be read beyond its uid.
    package var request: AdmissionRequest?
    /// The rules that refused the object, each once, in the order of their findings.
    package var deniedBy: [RuleID] = []
    package var warnedBy: [RuleID] = []

    package var isAllowed: Bool { review.response.allowed }

    init(_ response: AdmissionReviewResponse.Response, _ request: AdmissionRequest) {
        review = AdmissionReviewResponse(response: response)
        self.request = request
    }

    init(_ verdict: Verdict, _ request: AdmissionRequest, _ name: String) {
        guard !(verdict.findings.isEmpty && verdict.patch.isEmpty) else {
            self.init(.allowed(uid: request.uid), request)
            return
        }
        let errors = verdict.findings.filter { $0.severity == .error }
        let warnings = verdict.findings.filter { $0.severity != .error }
        var response = AdmissionReviewResponse.Response.allowed(uid: request.uid)
        if errors.isEmpty {
            if !verdict.patch.isEmpty {
                response.patch = Data(verdict.patch.json)
                response.patchType = "JSONPatch"
            }
        } else {
            response.allowed = false
            response.status = .invalid(request.kind, name: name, errors)
        }
        self.init(response, request)
        deniedBy = errors.distinctRules
        warnedBy = warnings.distinctRules
        review.response.warnings = warnings.isEmpty ? nil : warningTexts(warnings)
        review.response.auditAnnotations = auditAnnotations
    }

    /// The API server puts the webhook's name before each key.
    private var auditAnnotations: [String: String]? {
        var annotations: [String: String] = [:]
        if !deniedBy.isEmpty { annotations["denied-by"] = deniedBy.map(\.rawValue).joined(separator: ",") }
        if !warnedBy.isEmpty { annotations["warned-by"] = warnedBy.map(\.rawValue).joined(separator: ",") }
        return annotations.isEmpty ? nil : annotations
    }
}

extension [Finding] {
    fileprivate var distinctRules: [RuleID] {
        var seen: Set<RuleID> = []
        return compactMap { seen.insert($0.rule).inserted ? $0.rule : nil }
    }
}
