import EtcdRecoverModel
import Testing

@testable import ObjectStore

struct SnapshotsInUseTests {
    private let destination = Destination(provider: .s3, prefix: "etcd", s3: .init(bucket: "b"))

    private func restore(
        _ source: EtcdRestore.Source, phase: EtcdRestore.Phase? = nil, location: String? = nil
    ) -> EtcdRestore {
        var restore = EtcdRestore(
            metadata: ObjectMeta(name: "r", namespace: "n"), spec: EtcdRestore.Spec(source: source))
        restore.status = EtcdRestore.Status(phase: phase)
        restore.status?.snapshotLocation = location
        return restore
    }

    private func keys(_ restores: [EtcdRestore]) -> [String] {
        var backup = EtcdBackup(metadata: ObjectMeta(name: "nightly", namespace: "n"))
        backup.status = EtcdBackup.Status(phase: .completed)
        backup.status?.snapshotLocation = "s3://b/etcd/main/nightly.db"
        let use = SnapshotsInUse(restores: restores) { [backup] name in
            name == ObjectName(namespace: "n", name: "nightly") ? backup : nil
        }
        return use.keys(in: destination).map(\.text).sorted()
    }

    @Test func theSourceOfARestoreThatIsNotFinishedStays() {
        let source = EtcdRestore.Source(backupRef: LocalReference(name: "nightly"))
        #expect(keys([restore(source)]) == ["etcd/main/nightly.db"])
        #expect(keys([restore(source, phase: .downloading)]) == ["etcd/main/nightly.db"])
        #expect(keys([restore(source, phase: .completed), restore(source, phase: .failed)]).isEmpty)
    }

    @Test func aLocationStaysWhicheverWayItsKeyIsMeant() {
        let location = EtcdRestore.Location(destination: destination, key: "main/old.db")
        #expect(keys([restore(.init(location: location))]) == ["etcd/main/old.db", "main/old.db"])
    }

    @Test func anotherBucketIsNoneOfOurs() {
        var other = destination
        other.s3?.bucket = "c"
        let location = EtcdRestore.Location(destination: other, key: "main/old.db")
        #expect(keys([restore(.init(location: location), location: "gs://b/x.db")]).isEmpty)
    }
}
