import EtcdRecoverModel

extension ValidationReport {
    /// Workflow commands: GitHub Actions shows each as an annotation at its line.
    func github() -> String {
        findings.map { finding in
            let command =
                switch finding.severity {
                case .error: "error"
                case .warning: "warning"
                case .unresolved: "notice"
                }
            var properties = [("file", finding.place.file)]
            if finding.place.line > 0 {
                properties += [("line", String(finding.place.line)), ("col", String(finding.place.column))]
            }
            properties.append(("title", finding.rule.rawValue))
            let list = properties.map { "\($0)=\($1.escaped(Self.propertyEscapes))" }.joined(separator: ",")
            return "::\(command) \(list)::\(finding.sentence.escaped(Self.dataEscapes))\n"
        }.joined()
    }

    private static let dataEscapes: [Character: String] = [
        "%": "%25", "\r": "%0D", "\n": "%0A", "\r\n": "%0D%0A",
    ]
    private static let propertyEscapes = dataEscapes.merging([":": "%3A", ",": "%2C"]) { $1 }
}

extension String {
    fileprivate func escaped(_ escapes: [Character: String]) -> String {
        reduce(into: "") { text, character in text += escapes[character] ?? String(character) }
    }
}
