import EtcdRecoverModel

extension ValidationReport {
    /// One suite a file, one test case an object; a file that could not be read is a case of its own. Warnings and
    /// unresolved notes are the case's output.
    func junit() -> String {
        let objects = Dictionary(grouping: objects, by: \.place.file)
        let findings = Dictionary(grouping: findings, by: \.place.file)
        let suites = files.map { file in
            TestSuite(file: file, objects: objects[file] ?? [], findings: findings[file] ?? [])
        }
        let failures = suites.reduce(0) { $0 + $1.failures }
        let tests = suites.reduce(0) { $0 + $1.cases.count }
        return """
            <?xml version="1.0" encoding="UTF-8"?>
            <testsuites name="kubectl etcdrecover validate" tests="\(tests)" failures="\(failures)" errors="0">

            """ + suites.map(\.xml).joined() + "</testsuites>\n"
    }
}

private struct TestSuite {
    var file: String
    var cases: [TestCase]
    var failures: Int { cases.count(where: \.isFailure) }

    init(file: String, objects: [CheckedObject], findings: [LocatedFinding]) {
        self.file = file
        let findings = Dictionary(grouping: findings, by: \.object)
        cases = objects.map { object in
            TestCase(
                name: object.identity.description, file: file, line: object.place.line, findings: findings[object] ?? []
            )
        }
        if let ofFile = findings[nil] {
            cases.insert(TestCase(name: "(file)", file: file, line: 1, findings: ofFile), at: 0)
        }
    }

    var xml: String {
        let counts = #"tests="\#(cases.count)" failures="\#(failures)" errors="0""#
        return #"  <testsuite name="\#(file.xmlEscaped)" \#(counts)>\#n"# + cases.map(\.xml).joined()
            + "  </testsuite>\n"
    }
}

private struct TestCase {
    var name: String
    var file: String
    var line: Int
    var findings: [LocatedFinding]

    var isFailure: Bool { findings.contains { $0.severity == .error } }

    var xml: String {
        let file = file.xmlEscaped
        let attributes = #"name="\#(name.xmlEscaped)" classname="\#(file)" file="\#(file)" line="\#(line)""#
        if findings.isEmpty { return "    <testcase \(attributes)/>\n" }
        let errors = findings.filter { $0.severity == .error }
        let others = findings.filter { $0.severity != .error }
        var body = ""
        if let first = errors.first {
            let message = errors.count == 1 ? first.message : "\(errors.count) errors"
            let type = errors.count == 1 ? first.rule.rawValue : "validation"
            body += #"      <failure message="\#(message.xmlEscaped)" type="\#(type.xmlEscaped)">"#
            body += Self.lines(errors) + "</failure>\n"
        }
        if !others.isEmpty { body += "      <system-out>\(Self.lines(others))</system-out>\n" }
        return "    <testcase \(attributes)>\n\(body)    </testcase>\n"
    }

    private static func lines(_ findings: [LocatedFinding]) -> String {
        findings.map { "\($0.place): \($0.severity.rawValue): \($0.sentence) [\($0.rule)]" }
            .joined(separator: "\n").xmlEscaped
    }
}

extension String {
    /// For text and attribute values of XML 1.0, which has no form at all for most control characters.
    fileprivate var xmlEscaped: String {
        unicodeScalars.reduce(into: "") { text, scalar in
            switch scalar {
            case "&": text += "&amp;"
            case "<": text += "&lt;"
            case ">": text += "&gt;"
            case "\"": text += "&quot;"
            case "\t": text += "&#9;"
            case "\n": text += "&#10;"
            case "\r": text += "&#13;"
            case "\u{0}"..<"\u{20}", "\u{FFFE}", "\u{FFFF}": text += "\u{FFFD}"
            default: text.unicodeScalars.append(scalar)
            }
        }
    }
}
