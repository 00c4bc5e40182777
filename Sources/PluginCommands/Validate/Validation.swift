import EtcdRecoverModel

/// Judges manifests offline: shape and rules, with the other objects of the run as the world that they look up.
struct Validation: Sendable {
    var manifests: Manifests
    var options: RuleOptions

    init(_ manifests: Manifests, allowLocalEndpoints: Bool = false) {
        self.manifests = manifests
        options = RuleOptions(allowLocalEndpoints: allowLocalEndpoints, unavailableLookup: .unresolved)
    }

    func report() async -> ValidationReport {
        var report = ValidationReport(files: manifests.files, skipped: manifests.otherDocuments)
        var findings = manifests.findings
        var firstPlaces: [ObjectIdentity: Place] = [:]
        let judged = manifests.objects.map { ($0, JudgedManifest($0)) }
        var lookup = ManifestLookup()
        for (object, judged) in judged {
            if let resource = judged?.decoded.resource ?? object.lookedUpResource { lookup.add(resource) }
        }
        let world = lookup
        for (object, judged) in judged {
            guard let judged else {
                report.skipped += 1
                if let warning = JudgedManifest.otherGroup(object) { findings.append(warning) }
                if let error = JudgedManifest.unknownKind(object) { findings.append(error) }
                continue
            }
            let checked = CheckedObject(identity: object.identity, place: object.place)
            report.objects.append(checked)
            if let first = firstPlaces[object.identity], !object.name.isEmpty {
                findings.append(.duplicate(checked, first))
            } else {
                firstPlaces[object.identity] = object.place
            }
            findings += await judged.findings(asking: world, options: options)
        }
        report.findings = inOrder(findings)
        return report
    }

    /// By file, in the order of the files, then by line.
    private func inOrder(_ findings: [LocatedFinding]) -> [LocatedFinding] {
        let order = Dictionary(manifests.files.enumerated().map { ($1, $0) }) { first, _ in first }
        return findings.enumerated().map { offset, finding in
            (
                key: (order[finding.place.file] ?? 0, finding.place.line, finding.place.column, offset),
                finding: finding
            )
        }.sorted { $0.key < $1.key }.map(\.finding)
    }
}

extension LocatedFinding {
    fileprivate static func duplicate(_ object: CheckedObject, _ first: Place) -> Self {
        LocatedFinding(
            place: object.place, object: object, severity: .warning, rule: .duplicateObject, reason: .duplicate,
            message: "is also defined at \(first); only one of the two can be applied")
    }
}
