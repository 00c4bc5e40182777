import Testing

@testable import SnapshotFile

struct TargetVersionTests {
    @Test(arguments: [
        ("3.5", "3.5"), ("3.5.30", "3.5"), ("v3.6.0", "3.6"), ("3.10.1", "3.10"), ("3.4", "3.4"), ("3.3", nil),
        ("2.3", nil), ("4.0", nil), ("3", nil), ("3.", nil), ("3.x", nil), ("3.5.1.2", nil), ("3.-5", nil), ("", nil),
        ("3.99999999999999999999", nil),
    ])
    func isReadAsEtcdPrintsIt(_ text: String, expected: String?) {
        #expect(TargetVersion(text)?.description == expected)
    }

    /// What a database of one version has to lose before another takes it, as tried on etcd 3.4 to 3.7.
    @Test(
        arguments: [
            ("3.7.0", "3.7.0", "3.6", VersionChange.Outcome.lowered(to: "3.6.0"), .removed),
            ("3.7.0", "3.7.0", "3.7", .kept, .kept), ("3.7.0", "3.7.0", "3.5", .removed, .removed),
            ("3.6.0", "3.6.0", "3.5", .removed, .removed), ("3.6.0", "3.6.0", "3.4", .removed, .removed),
            ("3.6.0", "3.6.0", "3.7", .kept, .kept), (nil, "3.5.0", "3.4", .kept, .removed),
            (nil, "3.5.0", "3.6", .kept, .kept), (nil, nil, "3.4", .kept, .kept), ("3.7.0", "3.7.0", nil, .kept, .kept),
        ] as [(String?, String?, String?, VersionChange.Outcome, VersionChange.Outcome)])
    func whatIsNewerThanTheTargetIsTakenOut(
        _ storage: String?, _ cluster: String?, _ target: String?, _ storageOutcome: VersionChange.Outcome,
        _ clusterOutcome: VersionChange.Outcome
    ) throws {
        let change = try VersionChange(
            storageVersion: storage, clusterVersion: cluster, target: target.flatMap(TargetVersion.init))
        #expect(change.storageVersion == storageOutcome)
        #expect(change.clusterVersion == clusterOutcome)
    }

    @Test func whatIsNoVersionIsRefused() throws {
        let target = try #require(TargetVersion("3.6"))
        #expect(throws: RestoreError.unusableVersion(kind: "storage", "4.0.0")) {
            try VersionChange(storageVersion: "4.0.0", clusterVersion: nil, target: target)
        }
        #expect(throws: RestoreError.unusableVersion(kind: "cluster", "x")) {
            try VersionChange(storageVersion: "3.6.0", clusterVersion: "x", target: target)
        }
        // Nobody asked.
        _ = try VersionChange(storageVersion: "x", clusterVersion: "x", target: nil)
    }
}
