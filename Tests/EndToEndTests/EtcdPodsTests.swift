import FoundationEssentials
import TestSupport
import Testing

extension EndToEnd {
    /// The plugin beside etcd in pods, whose members it reaches by name alone.
    @Suite(.needsPods, .needsEtcd, .needsObjectStores, .stores(.s3)) struct EtcdPods {
        @Test func `an etcd in pods is saved, listed and judged by its name`() async throws {
            let cluster = try TestCluster.current
            let release = EtcdRelease.newest
            try await Kubectl.withNamespace(on: cluster) { kubectl in
                let etcd = try await EtcdInPods.start(kubectl, release: release)
                try await etcd.etcdctl("put", "greeting", "hello")
                let files = try TemporaryDirectory()

                try await savesAndRestores(kubectl, release, files)
                try await savesIntoAStore(kubectl)
                try await listsAndJudges(kubectl)
                try await findsAnEtcdCluster(kubectl, files)
                try await readsTheMembersOwnSecret(kubectl, files)
                try await saysWhichRightIsMissing(kubectl, files)
                try await missesAMember(kubectl)
                try await eventually("end of the port-forwards") {
                    try await forwards(in: kubectl).isEmpty ? true : nil
                }
            }
        }

        private func savesAndRestores(_ kubectl: Kubectl, _ release: EtcdRelease, _ files: TemporaryDirectory)
            async throws
        {
            let file = files.path(of: "db.snapshot")
            let saved = try await kubectl.plugin.run("snapshot", "save", "statefulset/etcd", file)
            try #require(saved.succeeded, "\(saved.errors)")
            let lines = saved.output.split(separator: "\n")
            #expect(lines.count == 2, "\(saved.output)")
            #expect(lines.first?.hasPrefix(#"etcd snapshot saved to "\#(file)" ("#) == true, "\(saved.output)")
            #expect(lines.last?.hasPrefix("snapshot info: hash ") == true, "\(saved.output)")
            _ = try await release.snapshotTool("restore", file, "--data-dir", files.path(of: "data"))
        }

        /// As backups do, with the keys of a Secret; and what a restore still reads is not pruned.
        private func savesIntoAStore(_ kubectl: Kubectl) async throws {
            let stores = try TestStores.current
            try await kubectl.apply(
                """
                apiVersion: v1
                kind: Secret
                metadata: {name: s3-keys}
                stringData: {accessKeyID: "\(stores.all.id)", secretAccessKey: "\(stores.all.secret)"}
                """)
            let prefix = kubectl.namespace ?? "prefix"
            let way = ["--secret", "s3-keys", "--endpoint-url", stores.s3Endpoint]
            func plugin(_ words: String...) async throws -> Command.Result {
                let result = try await kubectl.plugin.command(words).run(within: .seconds(160))
                try #require(result.succeeded, "\(words): \(result.output)\(result.errors)")
                return result
            }
            let place = "s3://bucket/\(prefix)"
            _ = try await plugin("snapshot", "save", "sts/etcd", "\(place)/", way[0], way[1], way[2], way[3])
            let listed = try await plugin("store", "list", place, "-o", "wide", way[0], way[1], way[2], way[3])
            #expect(listed.output.contains("\(prefix)/etcd/snapshot-"), "\(listed.output)")
            #expect(listed.output.contains(" \(prefix)/etcd "), "\(listed.output)")

            let files = try TemporaryDirectory()
            let file = files.path(of: "db")
            _ = try await plugin("snapshot", "save", "sts/etcd", file)
            for day in 1...2 {
                let name = "\(place)/etcd/nightly-2026010\(day)T000000Z.db"
                _ = try await plugin("store", "upload", file, name, way[0], way[1], way[2], way[3])
            }
            try await kubectl.apply(
                """
                apiVersion: operator.etcd.io/v1alpha1
                kind: EtcdBackup
                metadata: {name: nightly}
                spec:
                  clusterRef: etcd
                  retention: {retainCount: 1}
                  destination: &destination
                    prefix: \(prefix)
                    secretRef: {name: s3-keys}
                    provider: s3
                    s3: {bucket: bucket, endpoint: "\(stores.s3Endpoint)", forcePathStyle: true}
                ---
                apiVersion: operator.etcd.io/v1alpha1
                kind: EtcdRestore
                metadata: {name: back}
                spec:
                  source:
                    location:
                      key: etcd/nightly-20260101T000000Z.db
                      destination:
                        prefix: \(prefix)
                        provider: s3
                        s3: {bucket: bucket, endpoint: "\(stores.s3Endpoint)", forcePathStyle: true}
                  target: {name: fresh, version: v3.5.21}
                """)
            let verified = try await plugin("store", "verify", "--backup", "nightly")
            #expect(verified.errors.contains("3 verified, all of them sound"), "\(verified.errors)")
            let first = try await plugin("store", "prune", "--backup", "nightly", "--yes")
            #expect(first.output.contains("read by a restore that is not finished"), "\(first.output)")
            #expect(first.errors.contains("1 of 1 deleted"), "\(first.errors)")
            try await kubectl.setStatus("etcdrestore/back", #"{"phase": "Completed"}"#)
            let second = try await plugin("store", "prune", "--backup", "nightly", "--yes")
            #expect(second.errors.contains("1 of 1 deleted"), "\(second.errors)")
            let left = try await plugin("store", "list", "--backup", "nightly")
            #expect(left.errors.hasPrefix("1 object, "), "\(left.output)\(left.errors)")
        }

        private func listsAndJudges(_ kubectl: Kubectl) async throws {
            let members = try await kubectl.plugin.run("members", "sts/etcd")
            #expect(members.succeeded, "\(members.errors)")
            for name in ["etcd-0", "etcd-1", "etcd-2"] {
                #expect(members.output.contains(" \(name) "), "\(members.output)")
            }
            let health = try await kubectl.plugin.run("health", "sts/etcd")
            #expect(health.succeeded, "\(health.output)\(health.errors)")
            let quorum = try await kubectl.plugin.run("quorum", "sts/etcd")
            #expect(quorum.succeeded, "\(quorum.output)\(quorum.errors)")
        }

        /// As in the operator's StatefulSet layout: the object of the same name is the EtcdCluster.
        private func findsAnEtcdCluster(_ kubectl: Kubectl, _ files: TemporaryDirectory) async throws {
            try await kubectl.cluster.defineEtcdClusters()
            try await kubectl.apply(
                """
                apiVersion: operator.etcd.io/v1alpha1
                kind: EtcdCluster
                metadata: {name: etcd}
                spec: {size: 3, version: v\(EtcdRelease.newest.version)}
                """)
            let saved = try await kubectl.plugin.run("snapshot", "save", "etcd", files.path(of: "cluster.snapshot"))
            #expect(saved.succeeded, "\(saved.errors)")
            let absent = try await kubectl.plugin.run("snapshot", "save", "other", files.path(of: "other"))
            #expect(absent.status == 1)
            #expect(absent.errors.hasPrefix("error: etcdcluster/other not found in namespace "), "\(absent.errors)")
        }

        /// Without a client's Secret the files that the member serves with are looked up among its volumes.
        private func readsTheMembersOwnSecret(_ kubectl: Kubectl, _ files: TemporaryDirectory) async throws {
            try await kubectl.output("delete", "secret", "etcd-client-tls")
            let saved = try await kubectl.plugin.run("snapshot", "save", "sts/etcd", files.path(of: "own.snapshot"))
            #expect(saved.succeeded, "\(saved.errors)")
        }

        private func saysWhichRightIsMissing(_ kubectl: Kubectl, _ files: TemporaryDirectory) async throws {
            let file = files.path(of: "refused")
            let refused = try await kubectl.plugin.run("snapshot", "save", "sts/etcd", file, "--as", "nobody")
            #expect(refused.status == 1)
            #expect(
                refused.errors.contains("have a Role allow the verb \"get\" on statefulsets.apps"), "\(refused.errors)")
            #expect(!FileManager.default.fileExists(atPath: file))
            #expect(!FileManager.default.fileExists(atPath: "\(file).part"))
        }

        private func missesAMember(_ kubectl: Kubectl) async throws {
            try await kubectl.output("scale", "statefulset/etcd", "--replicas=2")
            try await kubectl.output("wait", "--for=delete", "pod/etcd-2", "--timeout=120s")
            let quorum = try await kubectl.plugin.run("quorum", "sts/etcd", "--for", "30s")
            #expect(quorum.succeeded, "\(quorum.output)\(quorum.errors)")
            let health = try await kubectl.plugin.run("health", "sts/etcd")
            #expect(health.status == 1)
            #expect(health.errors.contains("etcd-2: it has no pod"), "\(health.errors)")
            #expect(health.errors.contains("error: 2 of 3 members are healthy"), "\(health.errors)")
        }

        /// The command lines of port-forwards into the namespace that still run.
        private func forwards(in kubectl: Kubectl) async throws -> [String] {
            let all = try await Command("ps", ["-eo", "args"]).output()
            return all.split(separator: "\n").map(String.init).filter {
                $0.contains("port-forward") && $0.contains(kubectl.namespace ?? "")
            }
        }
    }
}
