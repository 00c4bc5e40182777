import TestSupport
import Testing

extension InPods {
    /// The drill that proves a backup.
    @Suite struct RoundTrips {
        @Test(arguments: OperatorStandIn.Layout.allCases)
        func `a cluster is backed up, restored into another and found equal`(_ layout: OperatorStandIn.Layout)
            async throws
        {
            let installed = try InstalledPods.current
            try await Kubectl.withNamespace(on: installed.cluster) { kubectl in
                // As the operator makes them by default: each certificate trusts itself alone.
                let certificates = ["--certificates", "self-signed"]
                try await OperatorStandIn.run(layout: layout, in: kubectl, arguments: certificates) { standIn in
                    let source = try await SourceCluster.start(kubectl, standIn)
                    let drill = kubectl.plugin.command(
                        ["roundtrip", "main", "--timeout", "3m", "-o", "json"] + source.place(.s3).flags)
                    let result = try await drill.run(within: .seconds(400))
                    guard result.succeeded else {
                        let objects = try await kubectl.output(
                            "get", "etcdbackups,etcdrestores,etcdclusters,pods", "-o", "yaml")
                        Issue.record("\(result.output)\(result.errors)\n\(objects)\(try await installed.log())")
                        return
                    }
                    #expect(result.output.contains(#""equal": true"#), "\(result.output)")
                    #expect(result.errors.contains("deleted the scratch cluster"), "\(result.errors)")
                    let left = try await kubectl.output("get", "etcdclusters", "-o", "name")
                    #expect(left == "etcdcluster.operator.etcd.io/main\n")
                    let entries = try await installed.kubectl.output(
                        "get", "mutatingwebhookconfiguration/etcdrecover-member-injector", "-o",
                        "jsonpath={.webhooks[*].clientConfig.service.path}")
                    #expect(!entries.contains(kubectl.namespace ?? ""), "\(entries)")
                    try await source.expectKeys(of: "main")
                }
            }
        }
    }
}
