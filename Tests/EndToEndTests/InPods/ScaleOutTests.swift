import EtcdRecoverModel
import TestSupport
import Testing

extension InPods.Restores {
    /// One member is laid, the others join it.
    @Suite struct ScaleOut {
        enum Time: String, CaseIterable, Sendable {
            /// The restore asks for three members.
            case early
            /// Whoever has the cluster asks for more, when the restore is done.
            case late
        }

        @Test(arguments: OperatorStandIn.Layout.allCases, Time.allCases)
        func `each of three members has every key of the backup`(
            _ layout: OperatorStandIn.Layout, _ time: Time
        ) async throws {
            let source = try SourceClusters.of(layout)
            let target = "three-\(time)"
            try await source.restore("s3", into: target, time == .early ? "size: 3" : "size: 1")
            let restore = try await source.kubectl.ended(target, as: EtcdRestore.self, expecting: .completed)
            #expect(restore.status?.verification?.matches == true)
            if time == .late {
                let size = #"{"spec": {"size": 3}}"#
                try await source.kubectl.output("patch", "etcdcluster", target, "--type=merge", "--patch", size)
            }
            let grown = try await source.standIn.wait(forVoters: 3, of: target)
            #expect(Set((grown.members ?? []).map(\.name)) == Set((0..<3).map { "\(target)-\($0)" }))
            // From its own data, without asking the others.
            for member in 0..<3 { try await source.expectKeys(of: target, member: member, isLocal: true) }
            try await source.remove(target)
        }
    }
}
