package import EtcdRecoverModel
package import FoundationEssentials

/// AdmissionReview in, decision out. Asks the world only through the look-up it is handed.
package struct Admission: Sendable {
    private let options: RuleOptions

    package init(options: RuleOptions) {
        self.options = options
    }

    /// Throws where there is nothing to answer to: a body that is no review, or one without a uid.
    package func review(_ body: Data, in stage: AdmissionStage, asking lookup: any Lookup)
        async throws(UnreadableReview) -> AdmissionDecision
    {
        guard (try? UTF8Span(validating: body.span)) != nil else { throw .notUTF8 }
        let review: AdmissionReview
        do {
            review = try JSONDecoder().decode(AdmissionReview.self, from: body)
        } catch {
            return try AdmissionDecision(refusing: body, because: error)
        }
        guard !review.request.uid.isEmpty else { throw .withoutUID }
        return await decide(review, in: stage, by: AdmissionRules(lookup: lookup, options: options))
    }

    private func decide(_ review: AdmissionReview, in stage: AdmissionStage, by rules: AdmissionRules) async
        -> AdmissionDecision
    {
        let request = review.request
        switch review.subject {
        case .exempt:
            return AdmissionDecision(.allowed(uid: request.uid), request)
        case .unknownKind:
            return AdmissionDecision(.badRequest(uid: request.uid, unknownKindMessage(request.kind)), request)
        case .judged(let object):
            let verdict =
                switch stage {
                case .mutate: await object.mutate(request, by: rules)
                case .validate: await object.validate(request, by: rules)
                }
            return AdmissionDecision(verdict, request, object.name ?? request.name ?? "")
        }
    }

    private func unknownKindMessage(_ kind: GroupVersionKind) -> String {
        let known = AdmittedKind.all.keys.map(\.description).sorted().joined(separator: ", ")
        return "no rules for \(kind); known are \(known). Let the webhook configuration match these alone"
    }
}
