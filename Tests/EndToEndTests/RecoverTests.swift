import FoundationEssentials
import TestSupport
import Testing

extension EndToEnd.Installed {
    /// `kubectl etcdrecover recover` against a real API server and the webhook; the test plays the controller.
    @Suite struct Recoveries {
        @Test func `who types the cluster's name approves what was shown, and sees it through`() async throws {
            try await Kubectl.withPreparedNamespace { kubectl in
                let result = try await kubectl.atTerminal(["recover", "main"]) { session in
                    let name = try await kubectl.recovery()
                    try await kubectl.setStatus("etcdrecovery/\(name)", #"{"phase": "Detecting"}"#)
                    // No backup was ever made, and the recovery names no place.
                    try await kubectl.observe(name, digest: "d0")
                    try await session.wait(for: "the obstacle") { session.log.contains("cannot be recovered yet: ") }
                    try await session.ended()
                }
                #expect(result.status == 1)
                #expect(result.value.contains("Give --provider and --bucket"), "\(result.value)")

                let place = ["--provider", "s3", "--bucket", "rescue", "--secret", "store"]
                let recovered = try await kubectl.atTerminal(["recover", "main"] + place) { session in
                    let name = try await kubectl.recovery()
                    try await eventually("the place of the copies") {
                        try await kubectl.field(name, "{.spec.destination.s3.bucket}") == "rescue" ? true : nil
                    }
                    try await kubectl.observe(name)
                    try await session.answer("main")
                    try await eventually("the approval") {
                        try await kubectl.field(name, "{.spec.approved} {.spec.approvedDigest}") == "true d1"
                            ? true : nil
                    }
                    for phase in ["Snapshotting", "Rebuilding", "ScalingOut"] {
                        try await kubectl.setStatus(
                            "etcdrecovery/\(name)",
                            #"{"phase": "\#(phase)", "message": "now \#(phase)", "attempts": 1}"#)
                        try await session.wait(for: phase) { session.log.contains("\(phase): now \(phase)") }
                    }
                    try await kubectl.setStatus(
                        "etcdrecovery/\(name)",
                        #"""
                        {"phase": "Completed", "message": "3 members agree", "dataLoss": {"message": "kept: all of main-0"},
                         "conditions": [{"type": "DataLossPossible", "status": "True", "reason": "Rebuilt",
                           "message": "m", "lastTransitionTime": "2026-01-01T00:00:00Z"}]}
                        """#)
                    try await session.ended()
                }
                #expect(recovered.status == 0, "\(recovered.value)")
                for words in [
                    "main has lost its majority", "go to s3://rescue/main.rescue/", "Kept are the data of main-0",
                    "completed: 3 members agree", "kept: all of main-0", "recover acknowledge ",
                ] { #expect(recovered.value.contains(words), "\(words) in \(recovered.value)") }

                let name = try await kubectl.recovery()
                let acknowledged = try await kubectl.plugin.run("recover", "acknowledge", "main")
                #expect(acknowledged.status == 0, "\(acknowledged.errors)")
                #expect(acknowledged.output.contains("kept: all of main-0"), "\(acknowledged.output)")
                #expect(try await kubectl.field(name, "{.spec.acknowledged}") == "true")
            }
        }

        @Test func `another name, and no terminal, approve nothing`() async throws {
            try await Kubectl.withPreparedNamespace { kubectl in
                let name = try await kubectl.makeRecovery()
                let refused = try await kubectl.atTerminal(["recover", "main"]) { session in
                    try await session.answer("mian")
                    try await session.ended()
                }
                #expect(refused.status == 1)
                #expect(
                    refused.value.contains("\"mian\" is not main: nothing was approved, and nothing was changed"),
                    "\(refused.value)")
                let unasked = try await kubectl.withoutTerminal(["recover", "main"])
                #expect(unasked.status == 2)
                #expect(unasked.errors.contains("there is no terminal to ask on"), "\(unasked.errors)")
                #expect(unasked.errors.contains(" --yes --expect-digest d1"), "\(unasked.errors)")
                #expect(try await kubectl.field(name, "{.spec.approved}") == "false")
            }
        }

        @Test func `a script approves the state that it names, and no other`() async throws {
            try await Kubectl.withPreparedNamespace { kubectl in
                let name = try await kubectl.makeRecovery()
                let plan = try await kubectl.plugin.run("recover", "etcdcluster/main", "--plan", "-o", "json")
                #expect(plan.status == 0, "\(plan.errors)")
                #expect(plan.output.contains(#""digest": "d1""#), "\(plan.output)")
                let other = try await kubectl.withoutTerminal(
                    ["recover", "main", "--yes", "--no-wait", "--expect-digest", "d0"])
                #expect(other.status == 1)
                #expect(
                    other.errors.contains(
                        "the state is d1, and not d0 that --expect-digest names: nothing was approved"),
                    "\(other.errors)")
                #expect(try await kubectl.field(name, "{.spec.approved}") == "false")
                let same = try await kubectl.withoutTerminal(
                    ["recover", "main", "--yes", "--no-wait", "--expect-digest", "d1"])
                #expect(same.status == 0, "\(same.errors)")
                #expect(try await kubectl.field(name, "{.spec.approved} {.spec.approvedDigest}") == "true d1")

                // The state changes before the controller acts: the approval is void.
                async let followed = kubectl.withoutTerminal(["recover", "main", "--yes", "--expect-digest", "d1"])
                try await kubectl.observe(name, digest: "d2")
                let void = try await followed
                #expect(void.status == 1, "\(void.errors)")

                // Another survivor is another question: the approval is taken back with it.
                async let survivor = kubectl.withoutTerminal(["recover", "main", "--plan", "--survivor", "main-0"])
                try await eventually("the survivor") {
                    try await kubectl.field(name, "{.spec.approved} {.spec.survivor}") == "false main-0" ? true : nil
                }
                try await kubectl.observe(name, digest: "d3")
                let asked = try await survivor
                #expect(asked.status == 0, "\(asked.errors)")
                #expect(asked.output.contains("spec.survivor asks for it"), "\(asked.output)")
            }
        }

        @Test func `what changes while it is read is shown again`() async throws {
            try await Kubectl.withPreparedNamespace { kubectl in
                let name = try await kubectl.makeRecovery()
                let result = try await kubectl.atTerminal(["recover", "main"]) { session in
                    try await session.asked()
                    try await kubectl.observe(name, digest: "d2", revision: 981)
                    try await session.answer("main")
                    try await session.answer("no", to: 2)
                    try await session.ended()
                }
                #expect(result.status == 1)
                for words in ["the state has changed meanwhile", "main-0: revision 980 is now 981", "State: d2"] {
                    #expect(result.value.contains(words), "\(words) in \(result.value)")
                }
                #expect(try await kubectl.field(name, "{.spec.approved}") == "false")
            }
        }

        @Test func `a recovery is called off, and one of a healthy cluster ends by itself`() async throws {
            try await Kubectl.withPreparedNamespace { kubectl in
                let name = try await kubectl.makeRecovery()
                let list = try await kubectl.plugin.run("recover", "list", "-o", "wide")
                #expect(list.output.contains("AwaitingApproval"), "\(list.output)\(list.errors)")
                let described = try await kubectl.plugin.run("recovery", "describe", name)
                #expect(described.output.contains("Kind:") && described.output.contains("EtcdRecovery"), "\(described)")
                let early = try await kubectl.plugin.run("recover", "acknowledge", name)
                #expect(early.status == 1)
                #expect(early.errors.contains("what may be lost is known when it has ended"), "\(early.errors)")

                let aborted = try await kubectl.plugin.run("recover", "abort", "main")
                #expect(aborted.status == 0, "\(aborted.errors)")
                #expect(try await kubectl.field(name, "{.spec.aborted}") == "true")
                try await kubectl.setStatus("etcdrecovery/\(name)", #"{"phase": "Cancelled", "message": "called off"}"#)
                let waited = try await kubectl.plugin.run("wait", "recovery/\(name)")
                #expect(waited.status == 1)
                #expect(waited.errors.contains("ended as Cancelled: called off"), "\(waited.errors)")
                #expect(try await kubectl.plugin.run("recover", "abort", "main").status == 1)

                async let healthy = kubectl.plugin.run("recover", "main", "--plan")
                let second = try await kubectl.recovery(except: name)
                try await kubectl.setStatus(
                    "etcdrecovery/\(second)", #"{"phase": "Cancelled", "message": "the cluster can decide"}"#)
                let result = try await healthy
                #expect(result.status == 3, "\(result.errors)")
                #expect(
                    result.output == "recovery/\(second) of main was cancelled: the cluster can decide\n",
                    "\(result.output)")
            }
        }
    }
}

/// Runs a program on a terminal of its own: what it shows goes to the output, what comes to lie in the first argument's file
/// is typed.
private let pseudoTerminal = """
    import os, pty, select, sys
    keyboard, program = sys.argv[1], sys.argv[2:]
    pid, terminal = pty.fork()
    if pid == 0:
        os.execvp(program[0], program)
    while True:
        if os.path.exists(keyboard):
            with open(keyboard, 'rb') as typed:
                os.write(terminal, typed.read())
            os.remove(keyboard)
        if select.select([terminal], [], [], 0.1)[0]:
            try:
                shown = os.read(terminal, 65536)
            except OSError:
                break
            if not shown:
                break
            os.write(1, shown)
    status = os.waitpid(pid, 0)[1]
    sys.exit(os.WEXITSTATUS(status) if os.WIFEXITED(status) else 128 + os.WTERMSIG(status))
    """

/// A plugin with a terminal before it.
private struct Session: Sendable {
    var service: Service
    var keyboard: String

    var log: String { service.log }

    func wait(for what: String, until condition: @Sendable () throws -> Bool) async throws {
        try await eventually(what, within: .seconds(60)) {
            try condition() ? true : nil
        } details: {
            ":\n\(log)"
        }
    }

    func asked(times: Int = 1) async throws {
        try await wait(for: "question \(times)") {
            log.split(separator: "Type the name of the cluster, main,").count > times
        }
    }

    /// Types a line when it was asked for so many times.
    func answer(_ line: String, to time: Int = 1) async throws {
        try await asked(times: time)
        try Data("\(line)\n".utf8).write(to: URL(filePath: "\(keyboard).new"))
        try FileManager.default.moveItem(atPath: "\(keyboard).new", toPath: keyboard)
    }

    func ended() async throws { try await wait(for: "the end") { !service.isRunning } }
}

extension Kubectl {
    /// Runs the plugin on a terminal of its own; returns what that shows.
    fileprivate func atTerminal(
        _ words: [String], _ body: @Sendable (Session) async throws -> Void
    ) async throws -> (value: String, status: Int32) {
        let files = try TemporaryDirectory()
        let keyboard = files.path(of: "keyboard")
        let command = plugin.command(words)
        let terminal = Command(
            "python3", ["-c", pseudoTerminal, keyboard, command.program] + command.arguments,
            environment: ["NO_COLOR": "1"])
        let result = try await Service.run(terminal) { service in
            try await body(Session(service: service, keyboard: keyboard))
            return service.log
        }
        return (result.value, result.status)
    }

    /// Runs the plugin where no terminal is.
    fileprivate func withoutTerminal(_ words: [String]) async throws -> Command.Result {
        let command = plugin.command(words)
        return try await Command(
            "setsid", ["-w", command.program] + command.arguments, environment: ["NO_COLOR": "1"]
        ).run(within: .seconds(60))
    }

    /// The name of the recovery that there is, once there is one.
    fileprivate func recovery(except other: String? = nil) async throws -> String {
        try await eventually("an EtcdRecovery") {
            let names = try await output("get", "etcdrecoveries", "-o", "jsonpath={.items[*].metadata.name}")
            return names.split(separator: " ").map(String.init).first { $0 != other }
        }
    }

    fileprivate func field(_ name: String, _ path: String) async throws -> String {
        try await output("get", "etcdrecovery/\(name)", "-o", "jsonpath=\(path)")
    }

    /// A recovery of `main` that awaits its approval, with a place for its copies.
    fileprivate func makeRecovery() async throws -> String {
        try await apply(
            """
            apiVersion: operator.etcd.io/v1alpha1
            kind: EtcdRecovery
            metadata: {name: main-lost}
            spec:
              clusterRef: main
              destination: {secretRef: {name: store}, s3: {bucket: \(bucket)}}
            """)
        try await observe("main-lost")
        return "main-lost"
    }

    /// As the controller records what it sees.
    fileprivate func observe(_ name: String, digest: String = "d1", revision: Int = 980) async throws {
        let generation = try await field(name, "{.metadata.generation}")
        try await setStatus(
            "etcdrecovery/\(name)",
            #"""
            {"phase": "AwaitingApproval", "observedGeneration": \#(generation), "layout": "StatefulSet",
             "message": "waiting for approval", "detectedTime": "2026-01-01T00:00:00Z",
             "observed": {"digest": "\#(digest)", "permanent": true, "reasons": ["1 of 3 voters answers"], "members": [
               {"name": "main-0", "reachable": true, "revision": \#(revision), "raftTerm": 4, "raftIndex": 1201},
               {"name": "main-1", "reachable": false, "pod": "absent", "volume": "absent"},
               {"name": "main-2", "reachable": false, "pod": "absent", "volume": "absent"}]},
             "survivor": {"name": "main-0", "ordinal": 0, "revision": \#(revision), "raftTerm": 4, "raftIndex": 1201}}
            """#)
    }
}
