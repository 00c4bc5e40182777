import EtcdRecoverModel
import Testing

@testable import Controllers

/// Who gets which rescue copy. Nobody is asked.
struct RescueGrantTests {
    private static let key = "db/uid-1/main-2-20261128T021407Z.db"

    private static func recovery(_ change: (inout EtcdRecovery) -> Void = { _ in }) -> EtcdRecovery {
        var recovery = EtcdRecovery(
            metadata: ObjectMeta(name: "main-1", namespace: "db"), spec: .init(clusterRef: "main"),
            status: .init(phase: .rebuilding))
        recovery.metadata.uid = "uid-1"
        recovery.status?.survivor = .init(name: "main-2")
        recovery.status?.rescueCopies = [copy("main-0", "db/uid-1/main-0.db"), copy("main-2", key)]
        change(&recovery)
        return recovery
    }

    private static func copy(_ member: String, _ key: String) -> EtcdRecovery.RescueCopy {
        var copy = EtcdRecovery.RescueCopy(
            member: member, location: EtcdRecovery.RescueServer.location(ofKey: key))
        copy.sha256 = "ab12"
        return copy
    }

    private func granted(
        _ path: String = "/\(key)", _ change: (inout EtcdRecovery) -> Void = { _ in }
    ) -> RescueGrant? {
        RescueGrant(path: path, among: [Self.recovery(change)])
    }

    private func pod(_ name: String, account: String = "system:serviceaccount:db:default") -> UserInfo {
        UserInfo(username: account, extra: ["authentication.kubernetes.io/pod-name": [name]])
    }

    @Test func theSurvivorsCopyIsThereWhileMembersAreLaid() throws {
        let grant = try #require(granted())
        #expect(grant.namespace == "db" && grant.cluster == "main" && grant.key == Self.key && grant.sha256 == "ab12")
        #expect(granted { $0.status?.phase = .scalingOut } != nil)
        for phase in EtcdRecovery.Phase.all where phase != .rebuilding && phase != .scalingOut {
            #expect(granted { $0.status?.phase = phase } == nil, "\(phase.rawValue)")
        }
    }

    @Test(arguments: [
        "", "/", "/\(key)/", "//\(key)", key, "/\(key)?x=1", "/\(key)#", "/db/uid-1/main-0.db", "/db/../\(key)",
        "/db/uid-1/../uid-1/main-2-20261128T021407Z.db", "/%64b/uid-1/main-2-20261128T021407Z.db",
        "/.authority.pem", "/\(key).record.json", "/../etc/passwd", "/\(key)\u{0}",
    ])
    func nothingElseIs(_ path: String) {
        #expect(granted(path) == nil)
    }

    @Test func whatAStatusSaysOfOtherPlacesCountsForNothing() {
        #expect(granted { $0.status?.survivor = nil } == nil)
        #expect(granted { $0.status?.rescueCopies = nil } == nil)
        #expect(granted { $0.status?.rescueCopies?[1].sha256 = nil } == nil)
        #expect(granted { $0.status?.rescueCopies?[1].location = "s3://\(Self.key)" } == nil)
        // Of another namespace.
        #expect(granted { $0.metadata.namespace = "else" } == nil)
        #expect(granted { $0.metadata.namespace = "d" } == nil)
    }

    @Test func theFirstMembersPodMayReadIt() throws {
        let grant = try #require(granted())
        #expect(grant.admits(pod("main-0")))
        for name in ["main-1", "main-2", "main-00", "main-", "main", "other-0", "mainer-0", ""] {
            #expect(!grant.admits(pod(name)), "\(name)")
        }
        let plain = try #require(granted { $0.status?.layout = .plain })
        #expect(plain.admits(pod("main-0")) && plain.admits(pod("main-2")) && !plain.admits(pod("other-2")))
    }

    @Test(arguments: [
        "system:serviceaccount:else:default", "system:serviceaccount:db", "system:serviceaccount:db:a:b", "admin",
        "system:node:db:default", "x:serviceaccount:db:default",
    ])
    func othersMayNot(_ account: String) throws {
        #expect(try !#require(granted()).admits(pod("main-0", account: account)))
    }

    @Test func aTokenOfNoPodOpensNothing() throws {
        let grant = try #require(granted())
        #expect(!grant.admits(UserInfo(username: "system:serviceaccount:db:default")))
        #expect(!grant.admits(UserInfo()))
        var two = pod("main-0")
        two.extra?["authentication.kubernetes.io/pod-name"]?.append("main-1")
        #expect(!grant.admits(two))
    }
}
