package import EtcdRecoverModel
package import FoundationEssentials

/// Writes Events, counting repetitions up in one Event rather than writing more of them.
package actor EventRecorder {
    /// The same reason and message of the same object within this long is the same Event.
    static let window = Duration.seconds(600)
    static let remembered = 256

    package enum Kind: String, Sendable {
        case normal = "Normal"
        case warning = "Warning"
    }

    private struct Key: Hashable {
        var object: ObjectReference
        var type: String
        var reason: String
        var message: String
    }

    private struct Known {
        var name: String
        var count: Int32
        var last: ContinuousClock.Instant
    }

    private let client: KubernetesClient
    private let component: String
    private let instance: String
    private var known: [Key: Known] = [:]

    /// `instance`: this process among others of the component, as the pod's name.
    package init(_ client: KubernetesClient, component: String, instance: String) {
        self.client = client
        self.component = component
        self.instance = instance
    }

    /// `reason` is one CamelCase word; a message past 1,024 bytes is cut, as the API server demands.
    @discardableResult
    package func record<R: KubernetesResource>(
        _ kind: Kind, reason: String, message: String, about object: R, at date: Date = Date()
    ) async throws -> Event {
        var reference = ObjectReference(object)
        let message = shortened(message)
        var key = Key(object: reference, type: kind.rawValue, reason: reason, message: message)
        // The version changes with every status update, and it stays the same story.
        key.object.resourceVersion = nil
        let now = ContinuousClock.now
        if let again = known[key], now - again.last < Self.window,
            let event = try await count(again, of: reference, at: date)
        {
            known[key] = Known(name: again.name, count: again.count + 1, last: now)
            return event
        }
        // Events of cluster-scoped objects live in "default".
        let namespace = reference.namespace ?? "default"
        if !R.isNamespaced { reference.namespace = nil }
        var event = Event(
            metadata: ObjectMeta(name: Self.name(reference.name ?? "", at: date), namespace: namespace),
            involvedObject: reference)
        event.type = kind.rawValue
        event.reason = reason
        event.message = message
        event.count = 1
        event.firstTimestamp = Timestamp(date)
        event.lastTimestamp = Timestamp(date)
        event.source = Event.Source(component: component)
        event.reportingComponent = component
        event.reportingInstance = instance
        let created = try await client.create(event)
        remember(key, Known(name: created.metadata.name ?? "", count: 1, last: now))
        return created
    }

    /// Nil when the server has forgotten the Event.
    private func count(_ known: Known, of object: ObjectReference, at date: Date) async throws -> Event? {
        do {
            return try await client.patch(
                Event.self, name: known.name, namespace: object.namespace ?? "default",
                with: .merge(Repetition(count: known.count + 1, lastTimestamp: Timestamp(date))))
        } catch let error as KubernetesError where error.isNotFound {
            return nil
        }
    }

    private struct Repetition: Encodable, Sendable {
        var count: Int32
        var lastTimestamp: Timestamp
    }

    private func remember(_ key: Key, _ event: Known) {
        if known.count >= Self.remembered, let oldest = known.min(by: { $0.value.last < $1.value.last }) {
            known[oldest.key] = nil
        }
        known[key] = event
    }

    private func shortened(_ message: String) -> String {
        guard message.utf8.count > 1024 else { return message }
        var cut = message
        while cut.utf8.count > 1021 { cut.removeLast(max(1, (cut.utf8.count - 1021) / 4)) }
        return cut + "…"
    }

    /// The object's name and the time in nanoseconds, as client-go names Events.
    private static func name(_ object: String, at date: Date) -> String {
        let nanoseconds = UInt64(max(0, date.timeIntervalSince1970) * 1e9) + UInt64.random(in: 0..<1000)
        return "\(object.prefix(230)).\(String(nanoseconds, radix: 16))"
    }
}
