import EtcdRecoverModel
import FoundationEssentials
import KubernetesClient
import Logging

/// Writes what became of objects of one kind: their status, and the Events about them.
///
/// Every write carries the version it was decided on, so whoever is behind, a leader of yesterday included, writes nothing.
struct Reporter<R: KubernetesResource>: Sendable {
    static var fieldManager: String { "etcdrecover-controller" }

    let client: KubernetesClient
    let cache: ObjectCache<R>
    let events: EventRecorder

    private struct Version: Encodable, Sendable {
        var resourceVersion: String?
        /// Replaces the whole list.
        var finalizers: [String]?
    }

    private struct StatusPatch<Status: Encodable & Sendable>: Encodable, Sendable {
        var metadata: Version
        var status: Status
    }

    private struct FinalizerPatch: Encodable, Sendable {
        var metadata: Version
    }

    /// Returns the object as it is now, which the cache has as well.
    func write(_ status: some Encodable & Sendable, to object: R) async throws -> R {
        let version = Version(resourceVersion: object.metadata.resourceVersion)
        return try await patch(object, "status", with: .merge(StatusPatch(metadata: version, status: status)))
    }

    /// As `write`, with what the status has no more gone: for one that is a value as a whole.
    func replace<Status: Encodable & Sendable>(_ old: Status?, with status: Status, of object: R) async throws -> R {
        func json(_ status: Status?) throws -> JSONValue {
            try JSONDecoder().decode(JSONValue.self, from: JSONEncoder().encode(status))
        }
        return try await write(try json(status).mergePatch(from: json(old)), to: object)
    }

    func write(finalizers: [String], to object: R) async throws -> R {
        let version = Version(resourceVersion: object.metadata.resourceVersion, finalizers: finalizers)
        return try await patch(object, nil, with: .merge(FinalizerPatch(metadata: version)))
    }

    private func patch(_ object: R, _ subresource: String?, with patch: Patch) async throws -> R {
        let written: R = try await client.patch(
            name: object.metadata.name ?? "", namespace: object.metadata.namespace, subresource: subresource,
            with: patch, options: WriteOptions(fieldManager: Self.fieldManager))
        cache.store(written)
        return written
    }

    /// To the log and as an Event, whose loss is no reason to stop.
    func say(_ news: News?, of object: R, _ logger: Logger) async {
        guard let news else { return }
        logger.log(level: news.isWarning ? .warning : .notice, "\(news.reason): \(news.message)")
        do {
            try await events.record(
                news.isWarning ? .warning : .normal, reason: news.reason, message: news.message, about: object)
        } catch {
            logger.debug("an Event was not written: \(error)")
        }
    }
}

extension JSONValue {
    /// What makes this of `old` as a JSON Merge Patch, RFC 7386; whole where it is no object.
    fileprivate func mergePatch(from old: JSONValue) -> JSONValue {
        guard case .object(let new) = self, case .object(let old) = old else { return self }
        var patch = new.merging(old.filter { new[$0.key] == nil }.mapValues { _ in .null }) { $1 }
        for (name, value) in new { patch[name] = value.mergePatch(from: old[name] ?? .null) }
        return .object(patch)
    }
}
