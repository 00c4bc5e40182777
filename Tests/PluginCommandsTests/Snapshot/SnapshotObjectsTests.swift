import ArgumentParser
import EtcdRecoverModel
import FoundationEssentials
import TestSupport
import Testing

@testable import PluginCommands

@Suite(.needsEtcd)
struct SnapshotObjectsTests {
    @Test func `objects are found by type, namespace and name`() async throws {
        try await KubernetesSnapshot.with { snapshot, _ in
            let all = try await Outcome.of(SnapshotObjects.self, snapshot.path)
            let rows = all.output.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
            #expect(rows[0] == ["RESOURCE", "NAMESPACE", "NAME", "SIZE", "REVISION", "STORED", "AS"])
            #expect(
                rows.dropFirst().map { $0[0] } == [
                    "certificates.cert-manager.io", "events", "nodes", "pods", "pods", "pods", "pods", "secrets",
                    "services",
                ])
            #expect(all.output.contains("protobuf (v1 Pod)"))
            #expect(all.output.contains("encrypted (aescbc, key1)"))

            for arguments in [["pods", "-n", "default"], ["pod", "-n", "default"], ["Pods", "--namespace=default"]] {
                let names = try await names(snapshot, arguments)
                #expect(names == ["pods/web-0", "pods/web-1"])
            }
            #expect(try await names(snapshot, ["services/web"]) == ["services/web"])
            #expect(
                try await names(snapshot, ["certificates.cert-manager.io"]) == ["certificates.cert-manager.io/shop"])
            #expect(try await names(snapshot, ["certificates.other.io"]) == [])

            let yaml = try await Outcome.of(
                SnapshotObjects.self, snapshot.path, "certificate", "shop", "-n", "web", "-o", "yaml")
            #expect(
                yaml.output == """
                    apiVersion: cert-manager.io/v1
                    kind: Certificate
                    metadata:
                      name: shop
                    spec:
                      dnsNames:
                      - a.example
                      - b.example
                      size: 9007199254740993

                    """)
            let listing = try await Outcome.of(SnapshotObjects.self, snapshot.path, "secrets", "-o", "json").json()
            let secret = try #require(listing["objects"]?.items.first)
            #expect(secret["name"] == "token")
            #expect(secret["namespace"] == "default")
            #expect(secret["encryptionKey"] == "key1")
        }
    }

    @Test func `objects that cannot be printed say why`() async throws {
        try await KubernetesSnapshot.with { snapshot, _ in
            for (arguments, message) in [
                (
                    ["pods", "web-0", "-n", "default", "-o", "yaml"],
                    "pods/web-0 is stored as protobuf (v1 Pod) and cannot be printed"
                ),
                (
                    ["secrets/token", "-o", "yaml"],
                    "secrets/token is stored encrypted (aescbc, key1), under a key that only the API"
                ),
                (["pods", "web-0", "-o", "json"], "web-0 is the name of several objects"),
                (["pods", "web-7", "-o", "json"], "has no pods web-7 at revision"),
                (["pods", "web-7", "-n", "x"], "has no pods web-7 in namespace x at revision"),
            ] {
                let captured = try CapturedConsole()
                let command = try SnapshotObjects.parse([snapshot.path] + arguments)
                let failure = #expect(throws: CommandFailure.self) { try command.run(on: captured.console) }
                #expect(failure?.message.contains(message) == true, "\(failure?.message ?? "")")
                #expect(captured.output.isEmpty)
            }
            let nothing = try await Outcome.of(SnapshotObjects.self, snapshot.path, "unicorns")
            #expect(nothing.status == .success)
            #expect(nothing.diagnostics.hasPrefix("No such objects in "))
        }
    }

    @Test func `sizes add up to what the key bucket holds`() async throws {
        try await KubernetesSnapshot.with { snapshot, _ in
            let sizes = try await Outcome.of(SnapshotObjects.self, snapshot.path, "--sizes", "-o", "json").json()
            let status = try await Outcome.of(SnapshotStatusCommand.self, snapshot.path, "-o", "json").json()
            let bucket = try #require(status["buckets"]?.items.first { $0["name"] == "key" })
            #expect(sizes["total"]?["totalBytes"] == bucket["bytes"])
            #expect(sizes["total"]?["objects"] == status["liveKeys"])
            let pods = try #require(sizes["resources"]?.items.first { $0["resource"] == "pods" })
            #expect(pods["objects"] == 4)
            #expect(pods["historyBytes"] != 0)
            #expect(pods["namespaces"]?.items.map { $0["namespace"] } == ["default", "kube-system"])
            #expect(sizes["resources"]?.items.contains { $0["resource"] == .null && $0["objects"] == 1 } == true)

            let table = try await Outcome.of(SnapshotObjects.self, snapshot.path, "--sizes")
            #expect(table.output.hasPrefix("RESOURCE "))
            #expect(table.output.split(separator: "\n").last?.hasPrefix("(all) ") == true)
        }
    }

    @Test func `the drawing is a page of its own or an SVG`() async throws {
        try await KubernetesSnapshot.with { snapshot, _ in
            let page = snapshot.folder.path(of: "sizes.html")
            let drawn = try await Outcome.of(SnapshotObjects.self, snapshot.path, "--html", page)
            #expect(drawn.output.isEmpty)
            #expect(drawn.diagnostics == "drawn into \(page)\n")
            let html = try snapshot.folder.read("sizes.html")
            #expect(html.hasPrefix("<!doctype html>"))
            #expect(html.contains("<th scope=\"row\">certificates.cert-manager.io</th>"))
            try check(page)
            let svg = snapshot.folder.path(of: "sizes.SVG")
            _ = try await Outcome.of(SnapshotObjects.self, snapshot.path, "--html", svg)
            try check(svg)
            let nowhere = try await Outcome.of(SnapshotObjects.self, snapshot.path, "--html", "/nonexistent/x.html")
            #expect(nowhere.status == .failure)
            #expect(nowhere.diagnostics.contains("cannot create /nonexistent/x.html"))
        }
    }

    /// Well-formed, and nothing in it is fetched or run.
    private func check(_ path: String) throws {
        let text = try String(contentsOfFile: path, encoding: .utf8)
        for forbidden in ["<script", "src=", "href=", "url(", "@import", "javascript:"] {
            #expect(!text.contains(forbidden))
        }
        #expect(text.contains("prefers-color-scheme: dark"))
        #expect(text.contains("role=\"img\" aria-label=\"What takes the space in db.snapshot\""))
        let start = try #require(text.firstRange(of: "<svg"))
        let end = try #require(text.firstRange(of: "</svg>"))
        #expect(openElements(in: String(text[start.lowerBound..<end.upperBound])) == [])
    }

    /// The names of the elements that are not closed, or closed out of order.
    private func openElements(in xml: String) -> [String] {
        var open: [String] = []
        for part in xml.split(separator: "<") {
            let tag = part.prefix { $0 != ">" }
            let name = String(tag.drop { $0 == "/" }.prefix { $0.isLetter })
            if tag.hasSuffix("/") { continue }
            if !tag.hasPrefix("/") {
                open.append(name)
            } else if open.popLast() != name {
                return open + [name]
            }
        }
        return open
    }

    private func names(_ snapshot: KubernetesSnapshot, _ arguments: [String]) async throws -> [String] {
        let captured = try CapturedConsole()
        try SnapshotObjects.parse([snapshot.path] + arguments + ["-o", "name"]).run(on: captured.console)
        return captured.output.split(separator: "\n").map(String.init)
    }
}
