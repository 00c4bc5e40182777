import EtcdClient
import Testing

@testable import ClusterAccess

/// Where a member is dialled from within the cluster's network.
struct LocatedClusterTests {
    private func member(advertised: String?, listens: String = "https://0.0.0.0:2379", podIP: String?)
        throws -> LocatedCluster.Member
    {
        let advertised = advertised.flatMap { EtcdProcess.Listener($0) }
        return LocatedCluster.Member(
            pod: "main-0", listener: try #require(EtcdProcess.Listener(listens)), serverName: advertised?.host,
            trouble: nil, advertised: advertised, podIP: podIP)
    }

    @Test(
        arguments: [
            ("https://main-0.main.db.svc:2379", "10.1.2.3", "https://main-0.main.db.svc:2379"),
            // What each pod would take for itself.
            ("https://127.0.0.1:2379", "10.1.2.3", "https://10.1.2.3:2379"),
            ("https://localhost:2379", "10.1.2.3", "https://10.1.2.3:2379"),
            ("https://0.0.0.0:2379", "fd00::1", "https://[fd00::1]:2379"),
            (nil, "10.1.2.3", "https://10.1.2.3:2379"),
            (nil, nil, nil), (nil, "", nil),
            ("https://main-0.main.db.svc:2379", nil, "https://main-0.main.db.svc:2379"),
        ] as [(String?, String?, String?)])
    func theAdvertisedNameIsDialledWhereItLeadsAnywhere(_ advertised: String?, _ podIP: String?, expected: String?)
        throws
    {
        #expect(try member(advertised: advertised, podIP: podIP).endpoint?.url == expected)
    }

    @Test func aPodsAddressIsCheckedAgainstTheNameThatItAdvertises() throws {
        let member = try member(advertised: "https://main-0.main.db.svc:2379", podIP: "10.1.2.3")
        #expect(member.podEndpoint?.url == "https://10.1.2.3:2379")
        #expect(member.podEndpoint?.serverName == "main-0.main.db.svc")
    }
}
