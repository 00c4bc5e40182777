import EtcdRecoverModel
import Glibc
import KubernetesClient
import Testing

@testable import PluginCommands

@Suite(.timeLimit(.minutes(1))) struct JobWaitTests {
    private static let uploading =
        #"{"metadata": {"name": "a", "uid": "u", "resourceVersion": "1"}, "status": {"phase": "Uploading"}}"#
    private static let missing = #"{"kind": "Status", "code": 404, "reason": "NotFound", "message": "there is none"}"#
    private static let broken = #"{"kind": "Status", "code": 500, "reason": "InternalError", "message": "no leader"}"#

    private func wait(
        _ client: KubernetesClient, for goal: WaitGoal = .phase("Completed"), upTo limit: Duration = .seconds(30)
    ) -> JobWait<EtcdBackup> {
        JobWait(client: client, name: "a", goal: goal, timeout: limit)
    }

    /// Nobody presses Ctrl-C.
    private var noInterrupts: AsyncStream<Int32> { AsyncStream { _ in } }

    @Test func aServerThatCannotBeReachedIsAnErrorAtOnce() async throws {
        let (descriptor, port) = try listeningSocket()
        close(descriptor)
        let captured = try CapturedConsole()
        let error = await #expect(throws: KubernetesError.self) {
            try await wait(APIServerScript.client(port: port)).run(
                reporting: ProgressLine("backup/a", on: captured.console), until: noInterrupts)
        }
        #expect(
            error?.description.hasPrefix("cannot connect to 127.0.0.1:\(port)") == true, "\(String(describing: error))")
        #expect(captured.diagnostics.isEmpty)
    }

    @Test(arguments: [Duration.zero, .seconds(30)]) func anObjectThatIsNotThereIsDeleted(limit: Duration) async throws {
        let server = try APIServerScript { _, _ in (404, Self.missing) }
        let captured = try CapturedConsole()
        let line = ProgressLine("backup/a", on: captured.console)
        let ending = try await wait(server.client, for: .deleted, upTo: limit).run(reporting: line, until: noInterrupts)
        #expect(ending == .reached(nil))
        await #expect(
            throws: CommandFailure(
                #"backup "a" not found in namespace default"#,
                hint: "kubectl etcdrecover backup list -n default shows what there is")
        ) {
            try await wait(server.client, upTo: limit).run(reporting: line, until: noInterrupts)
        }
        for (flags, place) in [
            (" -n default --context c", " -n default --context c"), (" --context c", " -n default --context c"),
        ] {
            var wait = try wait(server.client, upTo: limit)
            wait.flags = flags
            let failure = await #expect(throws: CommandFailure.self) {
                try await wait.run(reporting: line, until: noInterrupts)
            }
            #expect(failure?.hint == "kubectl etcdrecover backup list\(place) shows what there is")
        }
    }

    @Test func aTimeoutTellsWhatInterruptedTheWatch() async throws {
        let server = try APIServerScript { _, number in number == 1 ? (200, Self.uploading) : (500, Self.broken) }
        let captured = try CapturedConsole()
        // Long enough for a busy machine to have met the interruption.
        let ending = try await wait(server.client, upTo: .seconds(20)).run(
            reporting: ProgressLine("backup/a", on: captured.console), until: noInterrupts)
        guard case .timedOut("Uploading", let trouble?) = ending else {
            Issue.record("ended as \(ending)")
            return
        }
        #expect(trouble.hasPrefix("the latest interruption of the watch: the API server answered 500"))
        #expect(trouble.contains("no leader"))
    }

    @Test func anUnreadableObjectDoesNotHideHowTheWaitEnded() async throws {
        let server = try APIServerScript { _, _ in (500, Self.broken) }
        let captured = try CapturedConsole()
        let wait = try wait(server.client)
        #expect(try await wait.object(after: .interrupted, captured.console) == nil)
        #expect(captured.diagnostics.hasPrefix("note: backup/a is not shown: the API server answered 500"))
        await #expect(throws: KubernetesError.self) { try await wait.object(after: .reached(nil), captured.console) }
    }

    @Test(arguments: [nil, ListFormat.name]) func missingNamesDoNotHideTheOthers(format: ListFormat?) async throws {
        let server = try APIServerScript { target, _ in
            target.hasSuffix("/missing") ? (404, Self.missing) : (200, Self.uploading)
        }
        let captured = try CapturedConsole()
        let listing = try await ObjectListing<EtcdBackup>.fetch(
            server.client, names: ["a", "missing", "a"], allNamespaces: false, selector: nil)
        #expect(throws: ExitStatus.failure.exitCode) { try listing.print(as: format, on: captured.console) }
        #expect(captured.output.split(separator: "\n").count == (format == nil ? 3 : 2))
        #expect(captured.diagnostics == "error: \(try #require(listing.failures.first))\n")
        #expect(listing.failures.map(\.isNotFound) == [true])
    }

    @Test func nothingFoundIsNoEmptyList() async throws {
        let server = try APIServerScript { _, _ in (404, Self.missing) }
        let captured = try CapturedConsole()
        let listing = try await ObjectListing<EtcdBackup>.fetch(
            server.client, names: ["x", "y"], allNamespaces: false, selector: nil)
        #expect(throws: ExitStatus.failure.exitCode) { try listing.print(as: .json, on: captured.console) }
        #expect(captured.output.isEmpty)
        #expect(captured.diagnostics.split(separator: "\n").count == 2)
    }
}
