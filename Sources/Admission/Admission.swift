package import EtcdRecoverModel
package import FoundationEssentials

/// AdmissionReview in, decision out. Asks the world only through the look-up it is handed.
package struct Admission: Sendable {
    private let options: RuleOptions
    private let lenientReader = LenientReader()

    package init(options: RuleOptions) {
        self.options = options
    }

    /// Throws where there is nothing to answer to: a body that is no review, or one without a uid.
    package func review(_ body: Data, in stage: AdmissionStage, asking lookup: any Lookup)
        async throws(UnreadableReview) -> AdmissionDecision
    {
        guard (try? UTF8Span(validating: body.span)) != nil else { throw .notUTF8 }
        let decoder = JSONDecoder()
        decoder.userInfo = [.skipsLabelsAndAnnotations: true]
        if let review = try? decoder.decode(AdmissionReview.self, from: body) {
            return try await decide(review, in: stage, asking: lookup)
        }
        // Whatever does not fit at once is off the caller's executor: what it costs is for its author to choose.
        let outcome = await withTaskExecutorPreference(globalConcurrentExecutor) {
            await reviewLeniently(body, in: stage, asking: lookup)
        }
        return try outcome.get()
    }

    private func reviewLeniently(_ body: Data, in stage: AdmissionStage, asking lookup: any Lookup) async
        -> Result<AdmissionDecision, UnreadableReview>
    {
        do throws(UnreadableReview) {
            let review: AdmissionReview
            do {
                review = try await lenientReader.read(body)
            } catch {
                return .success(try AdmissionDecision(refusing: body, because: error))
            }
            return .success(try await decide(review, in: stage, asking: lookup))
        } catch {
            return .failure(error)
        }
    }

    private func decide(_ review: AdmissionReview, in stage: AdmissionStage, asking lookup: any Lookup)
        async throws(UnreadableReview) -> AdmissionDecision
    {
        let request = review.request
        guard !request.uid.isEmpty else { throw .withoutUID }
        switch review.subject {
        case .exempt:
            return AdmissionDecision(.allowed(uid: request.uid), request)
        case .unknownKind:
            return AdmissionDecision(.badRequest(uid: request.uid, unknownKindMessage(request.kind)), request)
        case .judged(let object):
            guard let requester = request.userInfo, requester.username?.isEmpty == false else {
                let message = "request.userInfo.username is missing: nobody's rights can be looked up"
                return AdmissionDecision(.badRequest(uid: request.uid, message), request)
            }
            let rules = AdmissionRules(requester: requester, lookup: lookup, options: options)
            let verdict =
                switch stage {
                case .mutate: await object.mutate(by: rules)
                case .validate: await object.validate(by: rules)
                }
            return AdmissionDecision(verdict, request, object.name ?? request.name ?? "")
        }
    }

    private func unknownKindMessage(_ kind: GroupVersionKind) -> String {
        let known = AdmittedKind.all.keys.map(\.description).sorted().joined(separator: ", ")
        return "no rules for \(kind); known are \(known). Let the webhook configuration match these alone"
    }
}
