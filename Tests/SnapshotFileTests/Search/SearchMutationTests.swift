import FoundationEssentials
import TestSupport
import Testing

@testable import SnapshotFile

@Suite(.needsEtcd)
struct SearchMutationTests {
    @Test func `a search in a damaged file ends with a finding or an answer`() async throws {
        let original = try await EtcdCluster.run(.newest) { cluster in
            let folder = try TemporaryDirectory()
            for number in 0..<60 {
                try await cluster.etcdctl("put", "/registry/pods/ns/p\(number % 20)", "{\"n\":\(number)}")
            }
            try await cluster.etcdctl("del", "/registry/pods/ns/p3")
            try await cluster.members[0].etcdctl(["snapshot", "save", folder.path(of: "db")]).output()
            return [UInt8](try Data(contentsOf: URL(filePath: folder.path(of: "db"))))
        }
        var random = SeededGenerator(seed: 20_261_121)
        var findings = 0
        for _ in 0..<2000 {
            var damaged = original
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let place = Int.random(in: 0..<damaged.count, using: &random)
                // Words near the beginnings of pages hold the structure.
                let near = Bool.random(using: &random) ? place / 4096 * 4096 + place % 512 : place
                damaged[min(near, damaged.count - 1)] = UInt8.random(in: 0...255, using: &random)
            }
            if !search(in: damaged, against: original) { findings += 1 }
        }
        #expect(findings > 100, "the damage was met only \(findings) times")
    }

    /// Everything a search does. False when it ended with a finding.
    private func search(in content: [UInt8], against original: [UInt8]) -> Bool {
        do {
            let keyspace = try Keyspace(Database(MappedFile(copying: content)))
            let sound = try Keyspace(Database(MappedFile(copying: original)))
            var keys = 0
            _ = try keyspace.forEachLiveKey(in: .all, at: keyspace.revision) { version in
                keys += KeyText.text(of: version.key).utf8.count + StoredValue(version.value).description.utf8.count
                return true
            }
            _ = try keyspace.version(of: Array("/registry/pods/ns/p3".utf8), at: keyspace.revision)
            _ = try keyspace.resourceSizes()
            var differences = try KeyDifferences(from: sound, to: keyspace)
            while try differences.next() != nil {}
            return true
        } catch is Finding {
            return false
        } catch is KeyDifferences.Damage {
            return false
        } catch {
            Issue.record("neither a finding nor an answer: \(error)")
            return false
        }
    }
}
