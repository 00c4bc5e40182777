import EtcdRecoverModel
import Glibc
import TestSupport
import Testing

extension Disruptions {
    /// Where data is laid, all ends at once: the agent's container, or the only node with all there is.
    @Suite struct PowerLoss {
        @Test func `a node loses its power while data is laid, and nothing half-written is taken for whole`()
            async throws
        {
            let cluster = try InstalledPods.current.cluster
            let relay = try relayToStore()
            try await Site.ofEachLayout(through: relay) { sites in
                try await sites.each { site in
                    try await site.createBackup("nightly")
                    try await site.ended(backup: "nightly")
                    try await site.createRestore("done", of: "nightly")
                    try await site.ended(restore: "done")
                }
                relay.bytesPerSecond = slow
                try await beginHalf(sites)
                // One that is new, one whose data is on its way, and one that is done.
                try await sites.each { try await $0.createRestore("late", of: "nightly") }
                try await Command(cluster.tool, ["node-kill", "1"]).output()
                let left = try unfinished()
                let whole = try await sites[0].backup("nightly").status?.snapshotSizeBytes ?? 0
                print("of snapshots of \(whole) bytes the volumes have \(left)")
                #expect(left.count == sites.count && left.allSatisfy { $0 > 0 && $0 < whole }, "\(left) of \(whole)")
                relay.bytesPerSecond = nil
                // Until the cluster has noticed.
                try await InstalledPods.current.kubectl.output(
                    "wait", "--for=condition=Ready=Unknown", "node", "--all", "--timeout=170s")
                try await Command(cluster.tool, ["node-start", "1"]).output()
                try await sites.each { try await expectRestored($0) }
                try await expectNothingArmed()
            }
        }

        @Test func `an agent is killed while it lays data, and begins anew`() async throws {
            let relay = try relayToStore()
            try await Site.ofEachLayout(through: relay) { sites in
                try await sites.each { site in
                    try await site.createBackup("nightly")
                    try await site.ended(backup: "nightly")
                }
                relay.bytesPerSecond = slow
                try await beginHalf(sites)
                try await sites.each { site in
                    try await site.reaches(.downloading, "half")
                    let agent = try await site.kubectl.output(
                        "get", "pod", "half-0", "-o", "jsonpath={.status.initContainerStatuses[0].containerID}")
                    let processes = processes(ofContainer: agent)
                    #expect(!processes.isEmpty, "\(agent)")
                    for process in processes { kill(process, SIGKILL) }
                }
                relay.bytesPerSecond = nil
                try await sites.each { site in
                    let restore = try await site.ended(restore: "half")
                    try await site.expectEqual(restore, to: try await site.backup("nightly"), "the agent was killed")
                    let starts = try await site.kubectl.output(
                        "get", "pod", "half-0", "-o", "jsonpath={.status.initContainerStatuses[0].restartCount}")
                    #expect(starts == "1")
                }
                try await expectNothingArmed()
            }
        }

        private func expectRestored(_ site: Site) async throws {
            let backup = try await site.backup("nightly")
            for name in ["half", "late", "done"] {
                let restore = try await site.ended(restore: name)
                // Members that were up come up again.
                try await site.standIn.wait(forVoters: 1, of: name)
                try await site.expectEqual(restore, to: backup, "the node had no power for a while")
            }
        }
    }
}
