import EtcdRecoverModel

extension ValidationReport {
    /// `file:line:column: error: Kind/namespace/name: path: message [rule]`, which editors and compilers' log matchers
    /// understand.
    func text(style: Style) -> String {
        findings.map { finding in
            let color: Style.Color =
                switch finding.severity {
                case .error: .red
                case .warning: .yellow
                case .unresolved: .cyan
                }
            return finding.place.description + ": " + style.paint(finding.severity.rawValue + ":", color)
                + " \(finding.sentence) [\(finding.rule)]\n"
        }.joined()
    }
}

extension Place: CustomStringConvertible {
    var description: String {
        (line == 0 ? file : "\(file):\(line):\(column)").printable()
    }
}
