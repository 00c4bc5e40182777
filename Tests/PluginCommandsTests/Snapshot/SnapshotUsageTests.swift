import EtcdRecoverModel
import Testing

@testable import PluginCommands
@testable import SnapshotFile

struct SnapshotUsageTests {
    @Test(arguments: [
        (["status", "-"], "a snapshot is read in place and cannot come through a pipe; save it to a file first"),
        (["diff", "a", "-"], "a snapshot is read in place and cannot come through a pipe; save it to a file first"),
        (["status"], "Missing expected argument '<file>'"),
        (["keys", "f", "--limit=-1"], "--limit must be 0 or more, not -1"),
        (["get", "f", "k", "--history", "--rev", "3"], "--history has all revisions; leave out --rev"),
        (["get", "f", "k", "--raw", "-o", "json"], "--raw prints the value alone; leave it out"),
        (["objects", "f", "pods", "--sizes"], "--sizes and --html are about all objects; leave out the resource"),
        (["objects", "f", "--html", "x", "-n", "y"], "--sizes and --html are about all namespaces; leave out -n"),
        (["objects", "f", "--sizes", "-o", "name"], "sizes have no names: use -o json or -o yaml"),
    ])
    func `command lines that make no sense are refused before a file is opened`(
        _ arguments: [String], message: String
    ) async throws {
        let captured = try CapturedConsole()
        #expect(await Plugin.run(["snapshot"] + arguments, console: captured.console) == .usage)
        #expect(captured.diagnostics.hasPrefix("error: \(message)\n"), "\(captured.diagnostics)")
    }

    @Test(arguments: ["status", "verify", "keys", "get", "objects", "diff", "hash", "restore"])
    func `files are offered where a snapshot is asked for`(_ command: String) throws {
        let tree = try CommandTree(of: Plugin.self)
        #expect(tree.complete(["snapshot", command, "d"]).offersFiles)
    }

    @Test func `kubectl's flags may stand anywhere`() async throws {
        let captured = try CapturedConsole()
        let status = await Plugin.run(
            ["-n", "x", "--context", "y", "snapshot", "objects", "/nonexistent/f"], console: captured.console)
        #expect(status == .failure)
    }

    @Test(arguments: [
        ("pods", "pods", "", true), ("pod", "pods", "", true), ("POD", "pods", "", true),
        ("pods.apps", "pods", "", false),
        ("deployment", "deployments", "apps", true), ("deployments.apps", "deployments", "apps", true),
        ("ingress", "ingresses", "networking.k8s.io", true),
        ("ingresses.networking.k8s.io", "ingresses", "networking.k8s.io", true),
        ("networkpolicy", "networkpolicies", "networking.k8s.io", true), ("po", "pods", "", false),
        ("endpoints", "endpoints", "", true),
    ])
    func `a resource answers to its names`(_ asked: String, plural: String, group: String, isMeant: Bool) throws {
        let selection = ObjectSelection(resource: asked, name: nil, namespace: nil)
        #expect(selection.contains(.example(plural: plural, group: group)) == isMeant)
    }

    @Test func `a list is printed in parts and stays one document`() throws {
        for format in DataFormat.allCases {
            let captured = try CapturedConsole()
            var list = DataList("items", as: format, on: captured.console)
            for number in 0..<3000 { try list.append(["number": .int(Int64(number)), "text": "a\nb"]) }
            try list.finish(["total": 3000])
            switch format {
            case .json:
                #expect(captured.output.hasPrefix("{\n    \"items\": [\n        {\n            \"number\": 0,\n"))
                #expect(captured.output.hasSuffix("        }\n    ],\n    \"total\": 3000\n}\n"))
            case .yaml:
                #expect(captured.output.hasPrefix("items:\n- number: 0\n"))
                #expect(captured.output.hasSuffix("total: 3000\n"))
            }
        }
    }

    @Test func `columns of a long table only grow`() throws {
        let captured = try CapturedConsole()
        var table = StreamedTable(columns: ["A", "B"], on: captured.console)
        for number in 0..<5000 { try table.add([number == 2500 ? "wide cell" : "x", "\(number)"]) }
        try table.finish()
        let lines = captured.output.split(separator: "\n")
        #expect(lines.count == 5001)
        #expect(lines[0] == "A   B")
        #expect(lines[1] == "x   0")
        #expect(lines[5000] == "x           4999")
    }
}

extension KubernetesKey {
    fileprivate static func example(plural: String, group: String) -> KubernetesKey {
        KubernetesKey(resource: KubernetesResource(plural: plural, group: group), namespace: "a", name: "b")
    }
}
