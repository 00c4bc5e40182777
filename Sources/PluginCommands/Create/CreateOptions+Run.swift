import EtcdRecoverModel
import KubernetesClient

extension CreateOptions {
    /// Judges, sends, prints and, where asked for, waits.
    func create<Kind: Job>(_ object: Kind) async throws {
        let console = color.console
        let warnings = ShownWarnings(on: console)
        let limit = try waitLimit(waitTimeout ?? "1h", flag: "--wait-timeout")
        var creation = Creation(object: object)
        creation.options.allowLocalEndpoints = allowLocalEndpoints
        creation.object.metadata.namespace = connection.namespace
        let name = object.metadata.name ?? ""
        if dryRun == .client {
            let findings = try await creation.findings(asking: nil)
            try Creation<Kind>.judge(findings, name: name, warnings: warnings, console: console)
            return try console.print(WholeObject(creation.object).rendered(as: output, suffix: " (dry run)"))
        }
        let client = try connection.connect(console: console, warnings: warnings)
        creation.object.metadata.namespace = client.configuration.namespace
        let findings = try await creation.findings(asking: ClusterLookup(client))
        try Creation<Kind>.judge(findings, name: name, warnings: warnings, console: console)
        let created = try await creation.send(to: client, dryRun: dryRun == .server)
        guard wait else {
            let suffix = dryRun == .server ? " (server dry run)" : ""
            return try console.print(created.rendered(as: output, suffix: suffix))
        }
        if output == nil { try console.print(created.rendered(as: nil)) }
        try await follow(Kind.self, name, client: client, limit: limit, console: console)
    }

    /// Waits, then prints how it ended, or the object as it ended.
    private func follow<Kind: Job>(
        _ kind: Kind.Type, _ name: String, client: KubernetesClient, limit: Duration, console: Console
    ) async throws {
        let goal = WaitGoal.phase("Completed")
        let subject = "\(Kind.commandName)/\(name)"
        let wait = JobWait<Kind>(
            client: client, name: name, goal: goal, timeout: limit, flags: connection.repeated)
        let ending = try await wait.run(reporting: ProgressLine(subject, on: console))
        if let output, ending != .deleted, let object: WholeObject<Kind> = try await wait.object(after: ending, console)
        {
            try console.print(object.rendered(as: output))
        }
        let sentence = try ending.outcome(subject, goal: goal, timeout: limit, flags: wait.flags)
        if output == nil { try console.print(sentence.printable()) }
    }
}

extension JobWait {
    /// The object as the wait left it. After a wait that did not reach its goal the exit code is about that: what keeps
    /// the object from being read is a note then.
    func object(after ending: Ending, _ console: Console) async throws -> WholeObject<Kind>? {
        do {
            return try await client.get(name: name)
        } catch let error as KubernetesError where !ending.isReached {
            console.note("note: \(Kind.commandName)/\(name) is not shown: \(error)".printable())
            return nil
        }
    }
}

extension JobWait.Ending {
    fileprivate var isReached: Bool {
        if case .reached = self { true } else { false }
    }
}
