import Cryptography
import FoundationEssentials
import Glibc
import Testing

@testable import WebhookServer

/// `certs/issue.sh`, which knows nothing of our code, and our code, which knows nothing of it.
struct BringYourOwnTests {
    @Test func theScriptsCertificatesServe() throws {
        var template = Array("/tmp/issue-XXXXXX".utf8CString)
        let directory = String(cString: try #require(mkdtemp(&template)))
        defer { _ = system("rm -rf '\(directory)'") }
        let source = String(cString: try #require(realpath(#filePath, nil)))
        let root = try #require(source.split(separator: "/Tests/WebhookServerTests/").first)
        func issue(_ names: String) throws -> (authorities: [Certificate], identity: ServingIdentity) {
            try #require(system("'\(root)/certs/issue.sh' '\(directory)' \(names) > /dev/null") == 0)
            return (
                try Certificate.bundle(pem: readFile("\(directory)/ca.crt", limit: 1 << 20)),
                try ServingIdentity(
                    chainPEM: readFile("\(directory)/tls.crt", limit: 1 << 20),
                    keyPEM: readFile("\(directory)/tls.key", limit: 1 << 20))
            )
        }
        let first = try issue("")
        let second = try issue("webhook.svc 10.0.0.1 fd00::1")
        // The second renews: the same CA, another certificate.
        #expect(first.authorities == second.authorities)
        #expect(first.identity.leaf != second.identity.leaf)
        #expect(second.identity.leaf.names.map(\.description) == ["webhook.svc", "10.0.0.1", "fd00::1"])
        let now = Date.now + .seconds(60)
        for (issued, name) in [(first, "etcdrecover-webhook.etcdrecover-system.svc"), (second, "fd00::1")] {
            try Certificate.verify(
                chain: issued.identity.chain, trusting: issued.authorities, at: now, for: SubjectAlternativeName(name))
        }
    }

    @Test(arguments: ["ca.key", "ca.crt"]) func halfACAIsNotReplaced(lost: String) throws {
        var template = Array("/tmp/issue-XXXXXX".utf8CString)
        let directory = String(cString: try #require(mkdtemp(&template)))
        defer { _ = system("rm -rf '\(directory)'") }
        let source = String(cString: try #require(realpath(#filePath, nil)))
        let root = try #require(source.split(separator: "/Tests/WebhookServerTests/").first)
        let issue = "'\(root)/certs/issue.sh' '\(directory)' > /dev/null 2>&1"
        try #require(system(issue) == 0)
        let kept = "\(directory)/\(lost == "ca.key" ? "ca.crt" : "ca.key")"
        let before = try readFile(kept, limit: 1 << 20)
        try #require(rename("\(directory)/\(lost)", "\(directory)/\(lost).away") == 0)
        #expect(system(issue) == 1 << 8)
        #expect(try readFile(kept, limit: 1 << 20) == before)
        #expect(access("\(directory)/\(lost)", F_OK) != 0)
        try #require(rename("\(directory)/\(lost).away", "\(directory)/\(lost)") == 0)
        #expect(system(issue) == 0)
    }
}
