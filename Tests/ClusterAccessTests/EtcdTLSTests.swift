import EtcdRecoverModel
import FoundationEssentials
import Testing

@testable import ClusterAccess

struct EtcdTLSTests {
    private static func secret(_ certificate: String, _ authority: String?) -> Secret {
        var data = ["tls.crt": Data(certificate.utf8), "tls.key": Data("key".utf8)]
        data["ca.crt"] = authority.map { Data($0.utf8) }
        return Secret(metadata: ObjectMeta(name: "main-client-tls"), data: data)
    }

    @Test func aCertificateThatIsItsOwnAuthorityOpensNoOther() {
        #expect(Self.secret("A B\n", "A B").trustsItselfAlone)
        #expect(!Self.secret("A B\n", "C").trustsItselfAlone)
        #expect(!Self.secret("A B\n", nil).trustsItselfAlone)
    }
}
