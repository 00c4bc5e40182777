import Glibc
import TestSupport

extension Disruptions {
    /// The controller that holds the Lease.
    struct Leader: Sendable {
        /// Of its process.
        let identity: String
        private let pod: String
        private let processes: [Int32]

        /// Waits for one that is none of `dead`.
        static func current(after dead: [String]) async throws -> Leader {
            try await eventually("leader") {
                let holder = try await field("lease/etcdrecover-controller", ".spec.holderIdentity")
                guard let pod = holder.split(separator: "_").first.map(String.init), !dead.contains(holder) else {
                    return nil
                }
                let id = try await field("pod/\(pod)", ".status.containerStatuses[0].containerID")
                let processes = Disruptions.processes(ofContainer: id)
                return processes.isEmpty ? nil : Leader(identity: holder, pod: pod, processes: processes)
            } details: {
                "\n\(try await InstalledPods.current.log())"
            }
        }

        /// At once, and without a word to it.
        func kill() { for process in processes { _ = Glibc.kill(process, SIGKILL) } }

        /// Has another pod take its place, since the kubelet would start its container ever more slowly.
        func replace() async throws {
            try await InstalledPods.current.kubectl.output(
                InstalledPods.system + ["delete", "pod", pod, "--force", "--grace-period=0", "--wait=false"])
        }

        private static func field(_ object: String, _ path: String) async throws -> String {
            try await InstalledPods.current.kubectl.run(
                InstalledPods.system + ["get", object, "-o", "jsonpath={\(path)}"]
            ).output
        }
    }

    /// What the end of a leader came upon.
    struct Kill: Sendable {
        var leader: String
        /// How long each object that was begun for it had been there.
        var ages: [Duration]
        /// Of all objects that had not ended, how far they were.
        var phases: [String]
    }
}

extension [Disruptions.Kill] {
    var summary: String {
        let counts = flatMap(\.phases).reduce(into: [:]) { $0[$1, default: 0] += 1 }
        let phases = counts.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
        let ages = map { $0.ages.map { "\(Int($0 / .milliseconds(1)))" }.joined(separator: ", ") }
        return "\(count) kills met: \(phases); the newest were so many ms old: \(ages.joined(separator: "; "))"
    }
}
