import EtcdRecoverModel
import KubernetesClient
import Testing

@testable import Controllers

struct CacheContentTests {
    private var content = CacheContent<EtcdBackup>()

    private func backup(_ name: String, version: Int, uid: String = "u") -> EtcdBackup {
        var backup = EtcdBackup(metadata: ObjectMeta(name: name, namespace: "n"))
        backup.metadata.resourceVersion = "\(version)"
        backup.metadata.uid = uid
        return backup
    }

    private func name(_ name: String) -> ObjectName { ObjectName(namespace: "n", name: name) }

    @Test mutating func aListTellsOfWhatCameChangedAndWent() {
        #expect(!content.isListed)
        #expect(
            content.apply(.listed([backup("a", version: 1), backup("b", version: 1)], resourceVersion: "2")).count == 2)
        #expect(content.isListed)
        let changed = content.apply(
            .listed([backup("a", version: 1), backup("c", version: 3)], resourceVersion: "4"))
        #expect(Set(changed) == [name("b"), name("c")])
        #expect(Set(content.objects.keys) == [name("a"), name("c")])
    }

    @Test mutating func changesAreToldOneByOne() {
        #expect(content.apply(.added(backup("a", version: 1))) == [name("a")])
        #expect(content.apply(.modified(backup("a", version: 2))) == [name("a")])
        #expect(content.objects[name("a")]?.metadata.resourceVersion == "2")
        #expect(content.apply(.bookmark(resourceVersion: "9")).isEmpty)
        #expect(content.apply(.deleted(backup("a", version: 3))) == [name("a")])
        #expect(content.objects.isEmpty)
    }

    @Test mutating func whatTheWatchTellsLateDoesNotUndoOurOwnWrite() {
        _ = content.apply(.added(backup("a", version: 1)))
        content.store(backup("a", version: 5))
        #expect(content.apply(.modified(backup("a", version: 4))).isEmpty)
        #expect(content.objects[name("a")]?.metadata.resourceVersion == "5")
        #expect(content.apply(.modified(backup("a", version: 6))) == [name("a")])
    }

    @Test mutating func whatIsGoneStaysGoneAndItsSuccessorIsAnother() {
        content.store(backup("a", version: 5))
        #expect(content.objects.isEmpty)
        _ = content.apply(.added(backup("a", version: 9, uid: "one")))
        #expect(content.apply(.added(backup("a", version: 3, uid: "two"))) == [name("a")])
        content.store(backup("a", version: 10, uid: "one"))
        #expect(content.objects[name("a")]?.metadata.uid == "two")
    }
}
