import ArgumentParser
import EtcdRecoverModel
import FoundationEssentials
import KubernetesClient

/// The flags and the run of `backup describe` and `restore describe`.
struct DescribeOptionGroup: ParsableArguments {
    @Argument(help: "Names of the objects")
    var names: [String]

    @OptionGroup var color: ColorOptions
    @OptionGroup var connection: ConnectionOptions

    /// One that cannot be read does not hide the others.
    func run<Kind: Job>(_ kind: Kind.Type) async throws {
        let console = color.console
        let client = try connection.connect(console: console)
        var failures: [any Error] = []
        var isFirst = true
        for name in names {
            do {
                let description = try await Description.fetch(kind, name: name, from: client, console: console)
                try console.print((isFirst ? "" : "\n\n") + description.text(now: .now))
                isFirst = false
            } catch let error as KubernetesError {
                failures.append(error)
                console.error("\(error)".printable())
            }
        }
        if !failures.isEmpty { throw ExitStatus.failure.exitCode }
    }
}

extension Description {
    /// The object and its events. Events that may not be read are noted and left out.
    static func fetch<Kind: Job>(
        _ kind: Kind.Type, name: String, from client: KubernetesClient, console: Console
    ) async throws -> Description {
        let object: WholeObject<Kind> = try await client.get(name: name)
        do {
            return Description(object: object.shown, events: try await events(of: object, from: client))
        } catch let error as KubernetesError {
            console.note("note: the object's events are not shown: \(error)".printable())
            return Description(object: object.shown, events: nil)
        }
    }

    private static func events<Kind: Job>(
        of object: WholeObject<Kind>, from client: KubernetesClient
    ) async throws -> [ObjectEvent] {
        let selector = Selector(
            fields: "involvedObject.name=\(object.metadata.name ?? ""),involvedObject.uid=\(object.metadata.uid ?? "")")
        let namespace = object.metadata.namespace ?? client.configuration.namespace
        let events = try await client.list(Event.self, in: .namespace(namespace), matching: selector).items
        return events.map(ObjectEvent.init).sorted {
            ($0.lastSeen?.date ?? .distantPast) < ($1.lastSeen?.date ?? .distantPast)
        }
    }
}

extension Description.ObjectEvent {
    init(_ event: Event) {
        self.init(
            type: event.type ?? "", reason: event.reason ?? "",
            lastSeen: event.lastTimestamp ?? event.metadata.creationTimestamp,
            firstSeen: event.firstTimestamp ?? event.metadata.creationTimestamp, count: Int(event.count ?? 1),
            source: event.source?.component ?? event.reportingComponent ?? "", message: event.message ?? "")
    }
}
