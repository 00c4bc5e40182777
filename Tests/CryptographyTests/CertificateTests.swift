import COpenSSL
import FoundationEssentials
import Testing

@testable import Cryptography

/// Whole seconds, as certificates count.
private let now = Date(timeIntervalSince1970: Date.now.timeIntervalSince1970.rounded(.down))
private let day: Duration = .seconds(86_400)

struct CertificateTests {
    let authority: CertificateAuthority
    let names: [SubjectAlternativeName]
    let serving: (certificate: Certificate, key: PrivateKey)

    init() throws {
        authority = try .make(commonName: "etcdrecover CA", at: now, lifetime: day * 365)
        names = try ["webhook.etcdrecover.svc", "10.0.0.1", "FD00:0::1"].map { try SubjectAlternativeName($0) }
        serving = try authority.issueServing(commonName: "webhook", names: names, at: now, lifetime: day * 90)
    }

    @Test func opensslVerifiesWhatWasIssued() throws {
        let bench = try Workbench()
        try bench.write(try authority.certificate.pem(), to: "ca.pem")
        try bench.write(try serving.certificate.pem(), to: "leaf.pem")
        try bench.write(try serving.key.exposedPEM(), to: "leaf.key")
        for name in ["-verify_hostname webhook.etcdrecover.svc", "-verify_ip 10.0.0.1", "-verify_ip fd00::1"] {
            #expect(
                try bench.run("openssl verify -x509_strict -purpose sslserver -CAfile ca.pem \(name) leaf.pem")
                    == "leaf.pem: OK\n")
        }
        try bench.run("openssl verify -CAfile ca.pem -verify_hostname other.svc leaf.pem", expecting: 2)
        #expect(try bench.run("openssl verify -x509_strict -CAfile ca.pem ca.pem") == "ca.pem: OK\n")
        try bench.run(
            "openssl x509 -in leaf.pem -pubkey -noout > one; openssl pkey -in leaf.key -pubout > two; cmp one two")
    }

    @Test func holdsTheExtensionsThatWereAskedFor() throws {
        let bench = try Workbench()
        try bench.write(try authority.certificate.pem(), to: "ca.pem")
        try bench.write(try serving.certificate.pem(), to: "leaf.pem")
        let extensions = "subjectAltName,basicConstraints,keyUsage,extendedKeyUsage"
        #expect(
            try bench.run("openssl x509 -in leaf.pem -noout -ext \(extensions)") == """
                X509v3 Basic Constraints: critical
                    CA:FALSE
                X509v3 Key Usage: critical
                    Digital Signature
                X509v3 Extended Key Usage: 
                    TLS Web Server Authentication
                X509v3 Subject Alternative Name: 
                    DNS:webhook.etcdrecover.svc, IP Address:10.0.0.1, IP Address:FD00:0:0:0:0:0:0:1

                """)
        #expect(
            try bench.run("openssl x509 -in ca.pem -noout -ext \(extensions) 2>/dev/null") == """
                X509v3 Basic Constraints: critical
                    CA:TRUE, pathlen:0
                X509v3 Key Usage: critical
                    Certificate Sign

                """)
        let identifier = try bench.run("openssl x509 -in ca.pem -noout -ext subjectKeyIdentifier | tail -1")
        #expect(identifier.count > 50)
        #expect(try bench.run("openssl x509 -in leaf.pem -noout -ext authorityKeyIdentifier | tail -1") == identifier)
        #expect(try bench.run("openssl x509 -in leaf.pem -noout -ext subjectKeyIdentifier | tail -1") != identifier)
        let text = try bench.run("openssl x509 -in leaf.pem -noout -text")
        #expect(text.contains("Version: 3 (0x2)"))
        #expect(text.contains("Signature Algorithm: ecdsa-with-SHA256"))
    }

    @Test func readsWhatItWrote() throws {
        let read = try #require(try Certificate.bundle(pem: Array(try serving.certificate.pem().utf8)).first)
        #expect(read == serving.certificate)
        #expect(read.subject == "CN=webhook")
        #expect(read.issuer == "CN=etcdrecover CA")
        #expect(read.names == names)
        #expect(read.names.map(\.description) == ["webhook.etcdrecover.svc", "10.0.0.1", "fd00::1"])
        #expect(read.notBefore == now - .seconds(300))
        #expect(read.notAfter == now + day * 90)
        #expect(!read.isAuthority)
        #expect(authority.certificate.isAuthority)
        let bench = try Workbench()
        try bench.write(try read.pem(), to: "leaf.pem")
        let printed = try bench.run("openssl x509 -in leaf.pem -noout -fingerprint -sha256")
        let expected = printed.split(separator: "=").last?.filter(\.isHexDigit).lowercased()
        #expect(read.fingerprint.description == expected)
    }

    @Test func serialNumbersAreRandomAndLong() throws {
        let bench = try Workbench()
        var serials: Set<String> = []
        for _ in 0..<8 {
            let issued = try authority.issueServing(commonName: "w", names: names, at: now, lifetime: day)
            try bench.write(try issued.certificate.pem(), to: "leaf.pem")
            let serial = try bench.run("openssl x509 -in leaf.pem -noout -serial")
            #expect(!serial.contains("-"))
            serials.insert(serial)
        }
        #expect(serials.count == 8)
        #expect(serials.contains { $0.count >= "serial=".count + 31 })
    }

    @Test func aServingCertificateNeverOutlivesItsAuthority() throws {
        let issued = try authority.issueServing(
            commonName: "w", names: names, at: now + day * 360, lifetime: day * 90)
        #expect(issued.certificate.notAfter == authority.certificate.notAfter)
    }

    @Test func datesBeyond2049Survive() throws {
        let far = try CertificateAuthority.make(commonName: "far", at: now, lifetime: day * 36_500)
        #expect(far.certificate.notAfter == now + day * 36_500)
    }

    @Test func keysAreToldApart() throws {
        #expect(serving.certificate.matches(serving.key))
        #expect(!serving.certificate.matches(authority.key))
        #expect(throws: CryptographyError.unusable("private key", reason: "is not that of CN=etcdrecover CA")) {
            try CertificateAuthority(certificate: authority.certificate, key: serving.key)
        }
        #expect(throws: CryptographyError.unusable("CN=webhook", reason: "is not a certificate authority")) {
            try CertificateAuthority(certificate: serving.certificate, key: serving.key)
        }
        #expect(ERR_peek_error() == 0)
    }

    @Test func aBundleNamesTheCertificateThatDoesNotLoad() throws {
        let good = try authority.certificate.pem()
        #expect(try Certificate.bundle(pem: []).isEmpty)
        #expect(try Certificate.bundle(pem: Array("text\n\(good)more\n\(good)".utf8)).count == 2)
        let bad = "\(good)-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"
        let error = #expect(throws: CryptographyError.self) { try Certificate.bundle(pem: Array(bad.utf8)) }
        #expect(error?.description.hasPrefix("certificate 2 does not load: ") == true)
        #expect(throws: CryptographyError.unusable("PEM block CERTIFICATE", reason: "of line 1 does not end")) {
            try Certificate.bundle(pem: Array(good.utf8.dropLast(20)))
        }
        let huge = [UInt8](repeating: 0x61, count: 1 << 21)
        #expect(throws: CryptographyError.self) { try Certificate.bundle(pem: huge) }
    }

    @Test(arguments: [
        "", "a..b", "-a", "a-", "a b", "DNS:evil,IP:1.2.3.4", "*", "a.*.b", "1.2.3.4.5 ",
        String(repeating: "a", count: 64),
    ])
    func refusesTheName(_ name: String) {
        #expect(throws: CryptographyError.unusable("\"\(name)\"", reason: "is neither a DNS name nor an IP address")) {
            try SubjectAlternativeName(name)
        }
    }
}

struct CertificateVerificationTests {
    let authority: CertificateAuthority
    let other: CertificateAuthority
    let leaf: Certificate
    let name = SubjectAlternativeName.dns("webhook.svc")

    init() throws {
        // The same subject twice, as two generations of one authority could have.
        authority = try .make(commonName: "CA", at: now, lifetime: day * 30)
        other = try .make(commonName: "CA", at: now, lifetime: day * 30)
        leaf = try authority.issueServing(commonName: "w", names: [name], at: now, lifetime: day * 3).certificate
    }

    func verify(
        _ authorities: [CertificateAuthority], at time: Date = now, for name: SubjectAlternativeName? = nil
    ) throws(CryptographyError) {
        try Certificate.verify(
            chain: [leaf], trusting: authorities.map(\.certificate), at: time, for: name ?? self.name)
    }

    @Test func acceptsAChainToAnyOfTheAuthorities() throws {
        try verify([authority])
        try verify([other, authority])
        try verify([authority, other])
        #expect(ERR_peek_error() == 0)
    }

    @Test func refusesWithTheReason() {
        func reason(_ body: () throws -> Void) -> String? {
            (#expect(throws: CryptographyError.self, performing: body))?.description
        }
        #expect(
            reason { try verify([other]) }
                == "certificate is not trusted: unable to get local issuer certificate (CN=w)")
        #expect(
            reason { try verify([]) }
                == "certificate is not trusted: unable to get local issuer certificate (CN=w)")
        #expect(
            reason { try verify([authority], at: now + day * 3) }
                == "certificate is not trusted: certificate has expired (CN=w)")
        #expect(
            reason { try verify([authority], at: now - .seconds(301)) }
                == "certificate is not trusted: certificate is not yet valid (issuer 1 of CN=w)")
        #expect(
            reason { try verify([authority], for: .dns("other.svc")) }
                == "certificate is not trusted: hostname mismatch (CN=w)")
        #expect(
            reason { try Certificate.verify(chain: [], trusting: [], at: now, for: nil) }
                == "certificate is not trusted: the chain is empty")
        #expect(ERR_peek_error() == 0)
    }

    /// The subject's common name does not count, as with Go.
    @Test func aCommonNameIsNoName() {
        #expect(throws: CryptographyError.untrusted("hostname mismatch (CN=w)")) {
            try verify([authority], for: .dns("w"))
        }
    }

    /// An operator's own chain: root, intermediate, leaf, all made by the command.
    @Test func verifiesThroughAnIntermediate() throws {
        let bench = try Workbench()
        try bench.run(
            """
            openssl req -x509 -newkey rsa:2048 -nodes -keyout root.key -out root.pem -days 9 -subj /CN=root \
              -addext basicConstraints=critical,CA:TRUE
            openssl req -newkey rsa:2048 -nodes -keyout mid.key -out mid.csr -subj /CN=mid
            printf 'basicConstraints=critical,CA:TRUE\\nsubjectKeyIdentifier=hash\\n' > mid.ext
            openssl x509 -req -in mid.csr -CA root.pem -CAkey root.key -CAcreateserial -days 9 -extfile mid.ext -out mid.pem
            openssl req -newkey rsa:2048 -nodes -keyout leaf.key -out leaf.csr -subj "/O=Größe, Inc/CN=leaf"  -utf8
            printf 'subjectAltName=DNS:webhook.svc\\n' > leaf.ext
            openssl x509 -req -in leaf.csr -CA mid.pem -CAkey mid.key -CAcreateserial -days 9 -extfile leaf.ext -out leaf.pem
            cat leaf.pem mid.pem > chain.pem
            """)
        let chain = try Certificate.bundle(pem: bench.read("chain.pem"))
        let root = try Certificate.bundle(pem: bench.read("root.pem"))
        let time = now + .seconds(60)
        #expect(chain.map(\.subject) == ["CN=leaf,O=Größe\\, Inc", "CN=mid"])
        #expect(chain.map(\.isAuthority) == [false, true])
        try Certificate.verify(chain: chain, trusting: root, at: time, for: name)
        // Go takes an intermediate for an anchor when it is given as one.
        try Certificate.verify(chain: [chain[0]], trusting: [chain[1]], at: time, for: name)
        #expect(throws: CryptographyError.self) {
            try Certificate.verify(chain: [chain[0]], trusting: root, at: time, for: name)
        }
        #expect(chain[0].matches(try PrivateKey(pem: bench.read("leaf.key"))))
    }
}
