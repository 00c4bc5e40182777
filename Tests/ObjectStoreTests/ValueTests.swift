import FoundationEssentials
import HTTP
import Testing

@testable import ObjectStore

struct ObjectKeyTests {
    @Test(arguments: ["", "/a", "a/", "a//b", ".", "..", "a/../b", "a/./b", "a\nb", "a\u{7F}", "a\0b"])
    func refuses(_ text: String) {
        #expect(throws: StoreError.self) { try ObjectKey(text) }
    }

    @Test(arguments: ["a", "..a/b..", "a b+%", "größe", String(repeating: "x", count: 1024)])
    func takes(_ text: String) throws {
        #expect(try ObjectKey(text).text == text)
    }

    @Test func refusesMoreThan1024Bytes() {
        #expect(throws: StoreError.self) { try ObjectKey(String(repeating: "ü", count: 513)) }
    }

    @Test func twoSpellingsOfALetterAreTwoKeys() throws {
        #expect(try ObjectKey("\u{E9}") != ObjectKey("e\u{301}"))
    }

    @Test func prefixesEndAtASlash() throws {
        let prefix = try KeyPrefix("etcd")
        #expect(prefix == (try KeyPrefix("etcd/")))
        #expect(prefix.contains(try ObjectKey("etcd/a")))
        #expect(!prefix.contains(try ObjectKey("etcd-prod/a")))
        #expect(throws: StoreError.self) { try KeyPrefix("/") }
    }

    @Test func snapshotsAreNamedByClusterBackupAndTime() throws {
        let time = Date(timeIntervalSince1970: 1_767_323_045)
        let key = try SnapshotName.key(prefix: KeyPrefix("p"), cluster: "c", backup: "nightly", time: time)
        #expect(key.text == "p/c/nightly-20260102T030405Z.db")
        #expect(SnapshotName.time(inKey: key.text) == time)
    }

    @Test(arguments: [
        "a.db", "x-20261302T030405Z.db", "x-20260102T030405Z", "20260102T030405Z.db", "x_20260102T030405Z.db",
    ])
    func otherNamesHaveNoTime(_ key: String) {
        #expect(SnapshotName.time(inKey: key) == nil)
    }

    @Test func recordsAreFoundByTheirUpload() throws {
        let record = ObjectRecord.key(of: try ObjectKey("a/b.db"), upload: "0123456789abcdef")
        #expect(record.text == "a/b.db.0123456789abcdef.record.json")
        #expect(ObjectRecord.owner(of: record.text)?.key == "a/b.db")
        #expect(ObjectRecord.owner(of: "a/b.db.record.json") == nil)
        #expect(ObjectRecord.owner(of: ".0123456789abcdef.record.json") == nil)
        #expect(ObjectRecord.owner(of: "a.0123456789abcdeg.record.json") == nil)
    }
}

struct StoreURITests {
    @Test func readsPlaces() throws {
        #expect(try StoreURI("s3://b/a/k %20.db") == .s3(bucket: "b", path: "a/k %20.db"))
        #expect(try StoreURI("s3://b") == .s3(bucket: "b", path: ""))
        #expect(try StoreURI("gs://b/k") == .gcs(bucket: "b", path: "k"))
        #expect(try StoreURI("file:///var/x") == .file(path: "/var/x"))
    }

    @Test(arguments: ["", "b/k", "s3://", "s3:///k", "file://x/y", "file://", "http://b/k", "S3 ://b"])
    func refuses(_ text: String) {
        #expect(throws: StoreError.self) { try StoreURI(text) }
    }
}

struct MetadataTests {
    @Test func survivesHeaderFields() {
        var metadata = ObjectMetadata(
            cluster: "ns/größe\r\nX: 1", member: "100%", etcdVersion: "3.5.30", revision: .max,
            time: Date(timeIntervalSince1970: 1_700_000_000))
        metadata.sha256 = String(repeating: "ab", count: 32)
        metadata.upload = "0123"
        let fields = Dictionary(uniqueKeysWithValues: metadata.fields.map { ($0.name, $0.value) })
        #expect(fields.values.allSatisfy { value in value.utf8.allSatisfy { 0x21...0x7E ~= $0 } })
        #expect(ObjectMetadata { fields[$0] } == metadata)
    }

    @Test func whatCannotBeReadIsAbsent() {
        let fields = ["etcdrecover-sha256": "zz", "etcdrecover-revision": "1e3", "etcdrecover-time": "now"]
        #expect(ObjectMetadata { fields[$0] } == ObjectMetadata())
    }

    @Test func credentialsCannotBePrinted() {
        let credentials = AWSCredentials(
            accessKeyID: "AKIA-ID", secretAccessKey: SecretBytes("geheim"), sessionToken: SecretBytes("geheim"))
        var dumped = ""
        dump(credentials, to: &dumped)
        for text in ["\(credentials)", String(reflecting: credentials), "\([credentials])", dumped] {
            #expect(!text.contains("geheim") && !text.contains("AKIA"))
        }
    }
}

struct XMLReaderTests {
    @Test func readsWhatS3Sends() throws {
        let text = """
            <?xml version="1.0" encoding="UTF-8"?>
            <!-- a comment -->
            <s:List xmlns:s="http://s3.amazonaws.com/doc/2006-03-01/" a='x>y'>
              <Name>a &amp; b &#x41;&#66; &lt;ü&gt;</Name><Empty/><Nested ><A>1</A><A><![CDATA[<2>]]></A></Nested >
            </s:List>
            """
        let root = try XMLReader.read(Array(text.utf8))
        #expect(root.name == "List")
        #expect(root.text("Name") == "a & b AB <ü>")
        #expect(root.text("Empty") == "")
        #expect(root["Nested"]?.all("A").map(\.text) == ["1", "<2>"])
        #expect(root.text.isEmpty)
    }

    @Test(arguments: [
        "", "x", "<a>", "<a></b>", "<a><b></a></b>", "<a/><b/>", "<a>&x;</a>", "<a>&#0;</a>", "<a>&#xD800;</a>",
        "<a>&#99999999;</a>", "<!DOCTYPE a [<!ENTITY x \"y\">]><a>&x;</a>", "<a b=c/>", "<a b=\"<\"/>",
        "<a b=\"1\"c=\"2\"/>",
        "<a>\u{1}</a>", "<a><![CDATA[x</a>", "<!-- x", "<a", "<a b", "</a>", "< a/>", "<a>&amp</a>",
        String(repeating: "<a>", count: 17) + String(repeating: "</a>", count: 17),
    ])
    func refuses(_ text: String) {
        #expect(throws: XMLError.self) { try XMLReader.read(Array(text.utf8)) }
    }

    @Test func refusesWhatIsNotUTF8() {
        #expect(throws: XMLError.self) { try XMLReader.read(Array("<a>".utf8) + [0xFF] + Array("</a>".utf8)) }
    }

    /// No input traps: every truncation and every single changed byte of a document reads or is refused.
    @Test func survivesDamage() {
        let document = Array("<?xml version=\"1.0\"?><L a=\"b\"><K>x&amp;&#65;</K><!--c--><E/><![CDATA[z]]></L>".utf8)
        for count in document.indices { _ = try? XMLReader.read(Array(document.prefix(count))) }
        for index in document.indices {
            for byte in [UInt8(0), 0x26, 0x3C, 0x3E, 0x2F, 0xFF] {
                var damaged = document
                damaged[index] = byte
                _ = try? XMLReader.read(damaged)
            }
        }
    }

    @Test func boundsTheNumberOfElements() {
        let text = "<a>" + String(repeating: "<b/>", count: 100_000) + "</a>"
        #expect(throws: XMLError.self) { try XMLReader.read(Array(text.utf8)) }
    }
}
