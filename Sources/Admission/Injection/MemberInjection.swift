package import EtcdRecoverModel
package import FoundationEssentials

/// Pods of a cluster that is being restored or recovered, and what they get. What cannot be told is refused: a member that starts empty
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
        guard request.namespace == target.object.namespace, request.operation == .create,
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
            throw InjectionRefusal("this webhook was started without --agent-image: it cannot lay the data of members")
        }
        let (cluster, laid) = try await Self.order(for: target, asking: lookup)
        var order = laid
        let timeout = (try? GoDuration(parsing: order.timeout).duration) ?? .seconds(600)
        order.expires = Int64(now().timeIntervalSince1970) + timeout.components.seconds + Self.grace
        return try MemberPodPatch(pod: pod, of: cluster, order: order, image: image).operations
    }

    private static func order(
        for target: InjectionTarget, asking lookup: any Lookup
    ) async throws(InjectionRefusal) -> (cluster: String, order: RestoreOrder) {
        let namespace = target.object.namespace
        switch target.kind {
        case .restore:
            let restore = try find(target, in: await lookup.etcdRestores(in: namespace))
            let order = try RestoreOrder(of: restore, from: try await backup(of: restore, for: target, asking: lookup))
            return (restore.spec?.target?.name ?? "", order)
        case .recovery:
            let recovery = try find(target, in: await lookup.etcdRecoveries(in: namespace))
            return (recovery.spec?.clusterRef ?? "", try RestoreOrder(of: recovery))
        }
    }

    private static func backup(
        of restore: EtcdRestore, for target: InjectionTarget, asking lookup: any Lookup
    ) async throws(InjectionRefusal) -> EtcdBackup? {
        guard let name = restore.spec?.source?.backupRef?.name else { return nil }
        switch await lookup.etcdBackup(ObjectName(namespace: target.object.namespace, name: name)) {
        case .found(let found): return found
        case .absent: throw InjectionRefusal("EtcdBackup \(name), the source of \(target.object), is gone")
        case .unavailable(let reason):
            throw InjectionRefusal("EtcdBackup \(name) cannot be looked up: \(reason)")
        }
    }

    private static func find<Object: KubernetesResource>(
        _ target: InjectionTarget, in objects: LookedUp<[Object]>
    ) throws(InjectionRefusal) -> Object {
        switch objects {
        case .found(let objects):
            let found = objects.first { $0.metadata.name == target.object.name && $0.metadata.uid == target.uid }
            guard var found else {
                throw InjectionRefusal("there is no \(target) of UID \(target.uid) any more")
            }
            found.metadata.namespace = target.object.namespace
            return found
        case .absent: throw InjectionRefusal("there is no \(target)")
        case .unavailable(let reason): throw InjectionRefusal("\(target) cannot be looked up: \(reason)")
        }
    }
}
