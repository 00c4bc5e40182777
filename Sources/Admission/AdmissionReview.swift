/// An `admission.k8s.io/v1` AdmissionReview as the API server sends it, decoded in one pass with its objects typed.
///
/// What no rule reads (`managedFields`, `options`, objects of other kinds) is never turned into values.
struct AdmissionReview: Decodable {
    static let apiVersion = "admission.k8s.io/v1"
    static let kind = "AdmissionReview"

    var request: AdmissionRequest
    var subject: Subject

    /// What a review is about, as far as a decision needs it.
    enum Subject {
        /// Not ours to judge: a deletion, a subresource.
        case exempt
        /// A kind or version that no rule knows.
        case unknownKind
        case judged(any Judgement)
    }

    private enum CodingKeys: String, CodingKey { case apiVersion, kind, request }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        guard try container.decodeIfPresent(String.self, forKey: .apiVersion) == Self.apiVersion,
            try container.decodeIfPresent(String.self, forKey: .kind) == Self.kind
        else { throw NotAReview() }
        let fields = try container.nestedContainer(keyedBy: AdmissionRequest.CodingKeys.self, forKey: .request)
        request = try AdmissionRequest(from: fields)
        let reading = decoder.userInfo[.objectReading] as? ObjectReading ?? .typed
        subject =
            if let kind = AdmittedKind.all[request.kind] {
                request.isJudged ? .judged(try kind.judgement(fields, reading)) : .exempt
            } else {
                .unknownKind
            }
    }

    struct NotAReview: Error {}
}

extension AdmissionRequest {
    /// Deletions are never ours to block, nor are subresources: status, scale.
    var isJudged: Bool {
        switch operation {
        case .create, .update: subResource?.isEmpty ?? true
        case .delete, .connect: false
        }
    }
}
