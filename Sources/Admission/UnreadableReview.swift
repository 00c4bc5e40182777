import EtcdRecoverModel
import FoundationEssentials

/// Why a body cannot be answered with a review: there is no uid to echo.
package enum UnreadableReview: Error, Hashable {
    case notUTF8
    /// Where and how the JSON breaks.
    case notJSON(String)
    case notAReview(apiVersion: String?, kind: String?)
    case withoutUID
}

extension UnreadableReview: CustomStringConvertible {
    package var description: String {
        switch self {
        case .notUTF8: "the body is not UTF-8"
        case .notJSON(let reason): "the body is not JSON: \(reason)"
        case .notAReview(let apiVersion, let kind):
            "the body is \(apiVersion ?? "no apiVersion") \(kind ?? "no kind"), expected \(AdmissionReview.apiVersion) "
                + AdmissionReview.kind
        case .withoutUID: "request.uid is missing"
        }
    }
}

extension AdmissionDecision {
    /// The refusal of a review that did not decode, with as much of the answer as its uid allows.
    init(refusing body: Data, because error: any Error) throws(UnreadableReview) {
        let envelope: ReviewEnvelope
        do {
            envelope = try JSONDecoder().decode(ReviewEnvelope.self, from: body)
        } catch {
            throw .notJSON(reason(of: error))
        }
        guard envelope.kind == AdmissionReview.kind, let version = envelope.apiVersion, !version.isEmpty else {
            throw .notAReview(apiVersion: envelope.apiVersion, kind: envelope.kind)
        }
        guard let uid = envelope.uid, !uid.isEmpty else { throw .withoutUID }
        let message =
            version == AdmissionReview.apiVersion
            ? "the review cannot be read: \(reason(of: error))"
            : "\(version) is not spoken here; set admissionReviewVersions to [\"v1\"]"
        review = AdmissionReviewResponse(apiVersion: version, response: .badRequest(uid: uid, message))
    }
}

/// What a decoding error says, with the path it names and without the values around it.
private func reason(of error: any Error) -> String {
    let context: DecodingError.Context
    switch error {
    case DecodingError.keyNotFound(let key, let found): return "\(FieldPath(found.codingPath + [key])) is missing"
    case DecodingError.typeMismatch(_, let found), DecodingError.valueNotFound(_, let found),
        DecodingError.dataCorrupted(let found):
        context = found
    default: return "it is malformed"
    }
    return context.codingPath.isEmpty
        ? context.debugDescription : "\(FieldPath(context.codingPath)): \(context.debugDescription)"
}

extension FieldPath {
    fileprivate init(_ keys: [any CodingKey]) {
        self.init(keys.map { key in key.intValue.map(Step.index) ?? .field(key.stringValue) })
    }
}
