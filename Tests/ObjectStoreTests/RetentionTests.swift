import FoundationEssentials
import Testing

@testable import ObjectStore

struct RetentionTests {
    private static let now = Date(timeIntervalSince1970: 1_800_000_000)
    private let prefix: KeyPrefix

    init() throws {
        prefix = try KeyPrefix("etcd")
    }

    /// Snapshots of the cluster `c`, one for each day; `day` 0 is the oldest.
    private func snapshot(
        _ day: Int, directory: String = "c", cluster: String? = "ns/c", revision: Int64? = nil, lock: ObjectLock? = nil,
        recorded: Bool = true
    ) throws -> StoredObject {
        let time = Self.now.addingTimeInterval(Double(day - 100) * 86_400)
        return StoredObject(
            key: try SnapshotName.key(prefix: prefix, cluster: directory, backup: "b", time: time), size: 1, tag: "t",
            modified: Self.now,
            metadata: Self.record(ObjectMetadata(cluster: cluster, revision: revision, time: recorded ? time : nil)),
            lock: lock)
    }

    /// As `put` records it.
    private static func record(_ metadata: ObjectMetadata) -> ObjectMetadata {
        var metadata = metadata
        metadata.upload = "0123456789abcdef"
        metadata.sha256 = String(repeating: "ab", count: 32)
        return metadata
    }

    private func plan(_ objects: [StoredObject], keep count: Int, inUse: Set<ObjectKey> = []) -> RetentionPlan {
        RetentionPlan(
            objects, prefix: prefix, directory: "c", cluster: "ns/c", retainCount: count, inUse: inUse, now: Self.now)
    }

    @Test func keepsTheNewest() throws {
        let objects = try (0..<5).map { try snapshot($0) }
        let plan = plan(objects.shuffled(), keep: 2)
        #expect(plan.delete == Array(objects.prefix(3)))
        #expect(plan.keep.map(\.object) == [objects[4], objects[3]])
    }

    @Test func zeroDeletesNothing() throws {
        let objects = try (0..<5).map { try snapshot($0) }
        #expect(plan(objects, keep: 0).delete.isEmpty)
        #expect(plan(objects, keep: -1).delete.isEmpty)
        #expect(plan([], keep: 3) == plan([], keep: 0))
    }

    /// Where sorting names would keep the wrong one: revision 99 sorts behind 100.
    @Test func timeDecidesThenRevision() throws {
        let time = Self.now.addingTimeInterval(-1000)
        func twin(_ name: String, _ revision: Int64) throws -> StoredObject {
            StoredObject(
                key: try SnapshotName.key(prefix: prefix, cluster: "c", backup: name, time: time), size: 1, tag: "t",
                modified: Self.now,
                metadata: Self.record(ObjectMetadata(cluster: "ns/c", revision: revision, time: time)))
        }
        let (newer, older) = (try twin("v100", 100), try twin("v99", 99))
        #expect(plan([older, newer], keep: 1).delete == [older])
        #expect(plan([newer, older], keep: 1).delete == [older])
    }

    @Test func withoutARecordedTimeTheNameSaysIt() throws {
        let objects = [try snapshot(1, recorded: false), try snapshot(2), try snapshot(3, recorded: false)]
        #expect(plan(objects, keep: 1).delete == Array(objects.prefix(2)))
    }

    @Test func othersAreNeverTouched() throws {
        let mine = try (0..<3).map { try snapshot($0) }
        var named = try snapshot(0)
        named.key = try ObjectKey("etcd/c/by-hand.db")
        var deeper = try snapshot(0)
        deeper.key = try ObjectKey("etcd/c/old/b-20200101T000000Z.db")
        let others = [
            try snapshot(0, directory: "c-prod"), try snapshot(50, cluster: "ns/other"),
            try snapshot(0, directory: "cc"),
            named, deeper,
        ]
        let plan = plan(mine + others, keep: 1)
        #expect(plan.delete == Array(mine.prefix(2)))
        #expect(Set(plan.keep.filter { $0.reason == .foreign }.map(\.object)) == Set(others))
    }

    /// A file by another's hand, or one that says too little, neither goes nor keeps the place of one of ours.
    @Test func whatWeDidNotRecordNeitherCountsNorGoes() throws {
        let mine = try (0..<3).map { try snapshot($0) }
        func altered(_ day: Int, _ alter: (inout StoredObject) -> Void) throws -> StoredObject {
            var object = try snapshot(day)
            alter(&object)
            return object
        }
        for day in [-1, 50] {
            let others: [(StoredObject, RetentionPlan.Reason)] = [
                (try altered(day) { $0.metadata = nil }, .unrecorded),
                (try altered(day) { $0.metadata = ObjectMetadata() }, .unrecorded),
                (try altered(day) { $0.metadata?.upload = nil }, .unrecorded),
                (try altered(day) { $0.metadata?.sha256 = nil }, .unrecorded),
                (try altered(day) { $0.recordProblem = .missing }, .damagedRecord(.missing)),
                (try altered(day) { $0.recordProblem = .unreadable }, .damagedRecord(.unreadable)),
                (try altered(day) { $0.size = 0 }, .empty),
            ]
            for (other, reason) in others {
                let plan = plan(mine + [other], keep: 2)
                #expect(plan.delete == [mine[0]], "\(reason)")
                #expect(plan.keep.map(\.reason) == [.newest(1), .newest(2), reason])
            }
        }
    }

    /// A name, or a clock, that runs ahead would be the newest for ever.
    @Test func whatIsOfATimeToComeDoesNotCount() throws {
        let mine = try (0..<3).map { try snapshot($0) }
        for future in [try snapshot(102), try snapshot(102, recorded: false)] {
            let plan = plan(mine + [future], keep: 2)
            #expect(plan.delete == [mine[0]])
            #expect(plan.keep.map(\.reason) == [.newest(1), .newest(2), .fromTheFuture])
        }
        #expect(plan(mine + [try snapshot(101)], keep: 1).delete == mine)
    }

    /// Uploaded from a file, which says of no cluster; by its place and name it is this one's.
    @Test func uploadedFilesCount() throws {
        let objects = [try snapshot(0, cluster: nil), try snapshot(1), try snapshot(2, cluster: nil, recorded: false)]
        #expect(plan(objects, keep: 1).delete == Array(objects.prefix(2)))
    }

    @Test func whatARestoreReadsStays() throws {
        let objects = try (0..<4).map { try snapshot($0) }
        let plan = plan(objects, keep: 1, inUse: [objects[1].key])
        #expect(plan.delete == [objects[0], objects[2]])
        #expect(plan.keep.map(\.reason) == [.newest(1), .inUse])
    }

    @Test func lockedOnesAreSkippedAndReported() throws {
        let end = Self.now.addingTimeInterval(3600)
        let objects = [
            try snapshot(0, lock: ObjectLock(retainUntil: end)),
            try snapshot(1, lock: ObjectLock(retainUntil: Self.now.addingTimeInterval(-1))),
            try snapshot(2, lock: ObjectLock(retainUntil: end, hasLegalHold: true)), try snapshot(3),
        ]
        let plan = plan(objects, keep: 1)
        #expect(plan.delete == [objects[1]])
        #expect(plan.keep.map(\.reason) == [.newest(1), .locked(until: nil), .locked(until: end)])
    }
}
