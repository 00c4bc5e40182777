import FoundationEssentials
import TestSupport
import Testing

/// What can be seen of nodes and their volumes, since they are namespaces and directories of this machine.
extension Disruptions {
    /// Bytes a second at which a snapshot is on its way for a minute, so that what is to meet it there does so on a machine that
    /// is busy, too.
    static let slow = 200_000

    /// Begins a restore `half` in each site and returns when each has some of its snapshot on its volume.
    static func beginHalf(_ sites: [Site]) async throws {
        try await sites.each { site in
            try await site.createRestore("half", of: "nightly")
            try await site.eventually("snapshot that is on its way") {
                let left = try unfinished()
                return left.count == sites.count && left.allSatisfy { $0 > 500_000 } ? true : nil
            }
        }
    }

    /// Bytes of the snapshots on volumes that no agent has come to the end of.
    static func unfinished() throws -> [Int64] {
        let cluster = try InstalledPods.current.cluster
        let volumes = URL(filePath: cluster.kubeconfig).deletingLastPathComponent().path + "/pv"
        func folders(_ path: String) -> [String] {
            ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).map { "\(path)/\($0)" }
        }
        // A StatefulSet's pod has a folder of its own in its volume.
        return folders(volumes).flatMap { [$0] + folders($0) }.compactMap { folder in
            let file = try? FileManager.default.attributesOfItem(atPath: "\(folder)/.etcdrecover.inbox/snapshot.db")
            return (file?[.size] as? UInt64).map(Int64.init)
        }
    }

    /// By their numbers on this machine. `id` is `containerd://` and the container's name.
    static func processes(ofContainer id: String) -> [Int32] {
        guard let name = id.split(separator: "/").last else { return [] }
        let all = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return all.compactMap { Int32($0) }.filter { process in
            (try? String(contentsOfFile: "/proc/\(process)/cgroup", encoding: .utf8))?.contains(name) == true
        }
    }
}
