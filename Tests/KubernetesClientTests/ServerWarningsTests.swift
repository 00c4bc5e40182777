import HTTPTypes
import Testing

@testable import KubernetesClient

struct ServerWarningsTests {
    @Test(arguments: [
        (#"299 - "spec.retention: storage grows for ever""#, ["spec.retention: storage grows for ever"]),
        (#"299 - "first", 299 - "sec\"on\\d""#, ["first", #"sec"on\d"#]),
        (#"299 - "open"#, []),
        ("", []),
        ("299 - unquoted", []),
    ])
    func readsEveryQuotedText(_ field: String, expected: [String]) {
        #expect(ServerWarnings.parse(field) == expected)
    }

    @Test func readsEveryField() {
        let name = HTTPField.Name("Warning")
        var headers: HTTPFields = [:]
        if let name {
            headers.append(HTTPField(name: name, value: #"299 - "a""#))
            headers.append(HTTPField(name: name, value: #"299 - "b""#))
        }
        #expect(ServerWarnings.texts(in: headers) == ["a", "b"])
    }
}
