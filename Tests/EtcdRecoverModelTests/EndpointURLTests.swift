import Testing

@testable import EtcdRecoverModel

@Suite struct EndpointURLTests {
    @Test(arguments: [
        ("https://s3.example.com", "s3.example.com:443", ""), ("HTTPS://S3.Example.com./", "s3.example.com:443", "/"),
        ("http://minio.minio.svc:9000", "minio.minio.svc:9000", ""),
        ("https://[2001:db8::1]:8443/a/b", "[2001:db8:0:0:0:0:0:1]:8443", "/a/b"),
        ("https://s3.example.com/a@b:c", "s3.example.com:443", "/a@b:c"),
    ])
    func reads(_ text: String, authority: String, path: String) throws {
        let url = try #require(EndpointURL(text))
        #expect(EndpointURL.problems(in: text) == [])
        #expect(url.authority == authority)
        #expect(url.path == path)
    }

    @Test(arguments: [
        "", "https", "https:", "https:/a", "//a", "https://", "https:///a", "https://:80", "https://a:", "https://a:0",
        "https://a:+80", "https://a:8o", "https://a:65536", "https://a:80:80", "https://u@a", "https://u:p@a",
        "https://@a",
        "https://a\\@b", "https://a?", "https://a#", "https://a b", "https://a\u{0}", "https://bücher.example",
        "file:///etc/passwd",
        "javascript://a", " https://a", "https://a\n", "https://[::1]x", "https://[::1", "https://a%00b",
        "https://evil.example#@s3.amazonaws.com",
    ])
    func refuses(_ text: String) {
        #expect(EndpointURL(text) == nil)
        #expect(EndpointURL.problems(in: text) != [])
    }

    @Test(arguments: [
        ("https://user:secret@host/path", "https://***@host/path"), ("user:secret@host", "***@host"),
        ("https://host/?X-Amz-Signature=secret", "https://host/?***"), ("https://host#secret", "https://host#***"),
        ("https://u:se@cret@host", "https://***@host"), ("https://u:secret/@host", "https://***@host"),
        ("https://u:secret?@host", "https://u:secret?***"),
        ("https://host/?\u{301}X-Amz-Signature=secret", "https://host/?***"),
        ("https://u:secret@\u{301}host", "https://***@\u{301}host"),
    ])
    func printsNoCredentials(_ text: String, printed: String) {
        #expect(EndpointURL.printable(text) == printed)
    }

    @Test(arguments: [
        ("https://s3.amazonaws.com", true), ("https://s3.eu-west-1.amazonaws.com", true),
        ("https://s3.cn-north-1.amazonaws.com.cn", true), ("https://s3.amazonaws.com.evil.example", false),
        ("https://evilamazonaws.com", false), ("https://amazonaws.com", false),
        ("https://s3-fips.us-gov-west-1.amazonaws.com", true), ("https://s3-accelerate.amazonaws.com", true),
        ("https://s3.dualstack.eu-west-1.amazonaws.com", true), ("https://b.s3.eu-west-1.amazonaws.com", true),
        ("https://s3express-use1-az4.us-east-1.amazonaws.com", true),
        ("https://bucket.vpce-0a-1b.s3.us-east-1.vpce.amazonaws.com", true),
        ("https://s3.eusc-de-east-1.amazonaws.eu", true),
        ("https://minio-1234567890.eu-west-1.elb.amazonaws.com", false),
        ("https://minio-0123456789abcdef.elb.eu-west-1.amazonaws.com", false),
        ("https://s3-1234567890.eu-west-1.elb.amazonaws.com", false),
        ("https://s3-0123456789abcdef.elb.eu-west-1.amazonaws.com", false),
        ("https://minio-1.eu-west-1.elb.amazonaws.com.cn", false),
        ("https://ec2-192-0-2-1.compute-1.amazonaws.com:9000", false),
        ("https://ec2-192-0-2-1.eu-west-1.compute.amazonaws.com:9000", false),
    ])
    func knowsAmazonByItsNames(_ text: String, isAWS: Bool) throws {
        #expect(try #require(EndpointURL(text)).isAWS == isAWS)
    }
}
