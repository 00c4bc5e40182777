import EtcdRecoverModel

extension ValidationReport {
    /// The contract of `-o json`, described in plugin/README.md. Members may be added, none change their meaning.
    func json() -> JSONValue {
        [
            "formatVersion": 1,
            "valid": .bool(count(.error) == 0),
            "summary": [
                "files": .int(Int64(files.count)),
                "objects": .int(Int64(objects.count)),
                "skipped": .int(Int64(skipped)),
                "errors": .int(Int64(count(.error))),
                "warnings": .int(Int64(count(.warning))),
                "unresolved": .int(Int64(count(.unresolved))),
            ],
            "objects": .array(
                objects.map { object in
                    .object(object.identity.members.merging(object.place.members) { $1 })
                }),
            "findings": .array(
                findings.map { finding in
                    var members = finding.place.members
                    if let object = finding.object { members.merge(object.identity.members) { $1 } }
                    if !finding.path.isEmpty { members["path"] = .string(finding.path) }
                    members["severity"] = .string(finding.severity.rawValue)
                    members["rule"] = .string(finding.rule.rawValue)
                    members["reason"] = finding.reason.map { .string($0.rawValue) }
                    members["message"] = .string(finding.message)
                    return .object(members)
                }),
        ]
    }
}

extension ObjectIdentity {
    fileprivate var members: [String: JSONValue] {
        ["kind": .string(kind), "namespace": .string(namespace), "name": .string(name)]
    }
}

extension Place {
    fileprivate var members: [String: JSONValue] {
        var members: [String: JSONValue] = ["file": .string(file)]
        if line > 0 {
            members["line"] = .int(Int64(line))
            members["column"] = .int(Int64(column))
        }
        return members
    }
}
