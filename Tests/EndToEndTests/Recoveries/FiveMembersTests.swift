import EtcdRecoverModel
import TestSupport
import Testing

extension Recoveries {
    /// Two members are left of five, and one of them knows more.
    @Suite struct FiveMembers {
        @Test(arguments: OperatorStandIn.Layout.allCases)
        func `of two that are left the one that knows more is kept`(_ layout: OperatorStandIn.Layout) async throws {
            try await LostCluster.run(layout, size: 5) { cluster in
                let later = (0..<20).map { "later/\($0)" }
                try await cluster.cutOff("main-0") {
                    for key in later {
                        // It may have been the leader that was cut off.
                        _ = try await eventually("write of \(key)") {
                            try await cluster.standIn.etcdctl("main", 4, "put", key, "1").succeeded ? true : nil
                        }
                    }
                    // All of them are to have it, and not just a majority.
                    let last = ["get", "later/19", "--consistency=s", "--keys-only"]
                    _ = try await eventually("the last key on main-4") {
                        try await cluster.standIn.etcdctl("main", 4, last).output.hasPrefix("later/19") ? true : nil
                    }
                    try await cluster.destroy([1, 2, 3])
                    // Else main-4 may go on leading for an election timeout, and tell main-0 all it knows.
                    try await Task.sleep(for: .seconds(5))
                }
                let waiting = try await cluster.recovery("of two that answer") {
                    $0.status?.phase == .awaitingApproval
                        && $0.status?.observed?.members?.filter { $0.reachable == true }.count == 2
                }
                let status = try #require(waiting.status)
                #expect(status.survivor?.name == "main-4")
                let revisions = status.observed?.members?.map(\.revision) ?? []
                let (behind, ahead) = (try #require(revisions.first ?? nil), try #require(revisions.last ?? nil))
                #expect(ahead - behind >= Int64(later.count), "\(revisions)")

                let whole = try await cluster.approveAndRelease(waiting)
                #expect(Set(whole.status?.rescueCopies?.map(\.member) ?? []) == ["main-0", "main-4"])
                #expect(whole.status?.verification?.matches == true, "\(whole.status?.message ?? "")")
                try await cluster.expectWhole(whole, and: later)
                for ordinal in [0, 4] { #expect(try await cluster.movedAside(ordinal).count == 1, "main-\(ordinal)") }
            }
        }
    }
}
