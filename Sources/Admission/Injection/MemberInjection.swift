package import EtcdRecoverModel
package import FoundationEssentials

/// Pods of a cluster that is being restored, and what they get. What cannot be told is refused: a member that starts empty
/// is worse than one that waits.
package struct MemberInjection: Sendable {
    /// Ours; nil refuses every pod.
    private let image: String?
    private let now: @Sendable () -> Date
    /// Clocks of nodes may differ from this one's.
    private static let grace: Int64 = 600

    package init(image: String?, now: @escaping @Sendable () -> Date = { Date() }) {
        self.image = image
        self.now = now
    }

    package enum Outcome: String, CaseIterable, Sendable {
        case injected
        /// It has it already, or needs none.
        case unchanged
        /// Of another namespace, which only old API servers send here, or no creation.
        case passed
        case refused
    }

    /// Throws where there is nothing to answer to, as `Admission.review` does.
    package func review(
        _ body: Data, for target: InjectionTarget, asking lookup: any Lookup
    ) async throws(UnreadableReview) -> (decision: AdmissionDecision, outcome: Outcome) {
        guard (try? UTF8Span(validating: body.span)) != nil else { throw .notUTF8 }
        let review: InjectionReview
        do {
            review = try JSONDecoder().decode(InjectionReview.self, from: body)
        } catch {
            return (try AdmissionDecision(refusing: body, because: error), .refused)
        }
        let request = review.request
        guard !request.uid.isEmpty else { throw .withoutUID }
        var response = AdmissionReviewResponse.Response.allowed(uid: request.uid)
        // The namespace is checked here because API servers before 1.21 cannot select by its name.
        guard request.namespace == target.restore.namespace, request.operation == .create,
            request.subResource?.isEmpty ?? true
        else { return (AdmissionDecision(response, request), .passed) }
        do throws(InjectionRefusal) {
            guard request.kind == GroupVersionKind(group: "", version: "v1", kind: "Pod") else {
                throw InjectionRefusal("\(request.kind) is no Pod: let the webhook configuration match pods alone")
            }
            let patch = try await patch(review.wholePod, for: target, asking: lookup)
            guard !patch.isEmpty else { return (AdmissionDecision(response, request), .unchanged) }
            guard let json = try? JSONEncoder().encode(patch) else {
                throw InjectionRefusal("the patch cannot be written")
            }
            response.patch = json
            response.patchType = "JSONPatch"
            return (AdmissionDecision(response, request), .injected)
        } catch {
            response.allowed = false
            response.status = error.status
            return (AdmissionDecision(response, request), .refused)
        }
    }

    private func patch(
        _ pod: JSONValue, for target: InjectionTarget, asking lookup: any Lookup
    ) async throws(InjectionRefusal) -> [JSONPatchOperation] {
        guard let image else {
            throw InjectionRefusal("this webhook was started without --agent-image: it cannot restore members")
        }
        let restore = try await restore(of: target, asking: lookup)
        var backup: EtcdBackup?
        if let name = restore.spec?.source?.backupRef?.name {
            switch await lookup.etcdBackup(ObjectName(namespace: target.restore.namespace, name: name)) {
            case .found(let found): backup = found
            case .absent: throw InjectionRefusal("EtcdBackup \(name), the source of \(target.restore), is gone")
            case .unavailable(let reason):
                throw InjectionRefusal("EtcdBackup \(name) cannot be looked up: \(reason)")
            }
        }
        var order = try RestoreOrder(of: restore, from: backup)
        let timeout = (try? GoDuration(parsing: order.timeout).duration) ?? .seconds(600)
        order.expires = Int64(now().timeIntervalSince1970) + timeout.components.seconds + Self.grace
        return try MemberPodPatch(
            pod: pod, of: restore.spec?.target?.name ?? "", order: order, image: image
        ).operations
    }

    private func restore(
        of target: InjectionTarget, asking lookup: any Lookup
    ) async throws(InjectionRefusal) -> EtcdRestore {
        switch await lookup.etcdRestores(in: target.restore.namespace) {
        case .found(let restores):
            let found = restores.first { $0.metadata.name == target.restore.name && $0.metadata.uid == target.uid }
            guard var found else {
                throw InjectionRefusal("there is no EtcdRestore \(target.restore) of UID \(target.uid) any more")
            }
            found.metadata.namespace = target.restore.namespace
            return found
        case .absent: throw InjectionRefusal("there is no EtcdRestore \(target.restore)")
        case .unavailable(let reason):
            throw InjectionRefusal("EtcdRestore \(target.restore) cannot be looked up: \(reason)")
        }
    }
}
