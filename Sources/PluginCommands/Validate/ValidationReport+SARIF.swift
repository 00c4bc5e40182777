import EtcdRecoverModel

extension ValidationReport {
    /// SARIF 2.1.0 as GitHub code scanning takes it: relative URIs, a rule for each result, columns in characters.
    func sarif() -> JSONValue {
        let rules = Set(findings.map(\.rule.rawValue)).sorted()
        let indices = Dictionary(uniqueKeysWithValues: rules.enumerated().map { ($1, Int64($0)) })
        return [
            "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
            "version": "2.1.0",
            "runs": [
                [
                    "tool": [
                        "driver": [
                            "name": "kubectl-etcdrecover",
                            "semanticVersion": .string(Version.current),
                            "rules": .array(rules.map(Self.rule)),
                        ]
                    ],
                    "columnKind": "unicodeCodePoints",
                    "results": .array(findings.map { $0.sarif(ruleIndex: indices[$0.rule.rawValue] ?? 0) }),
                ]
            ],
        ]
    }

    private static func rule(_ id: String) -> JSONValue {
        let summary = RuleCatalogue[RuleID(rawValue: id)]?.summary ?? "etcdrecover rule \(id)"
        return ["id": .string(id), "name": .string(id), "shortDescription": ["text": .string(summary)]]
    }
}

extension LocatedFinding {
    fileprivate func sarif(ruleIndex: Int64) -> JSONValue {
        let level: JSONValue =
            switch severity {
            case .error: "error"
            case .warning: "warning"
            case .unresolved: "note"
            }
        let region: JSONValue = [
            "startLine": .int(Int64(max(place.line, 1))), "startColumn": .int(Int64(max(place.column, 1))),
        ]
        var location: [String: JSONValue] = [
            "physicalLocation": [
                "artifactLocation": ["uri": .string(place.file.relativeURI)],
                "region": region,
            ]
        ]
        if let object {
            let name = path.isEmpty ? object.identity.description : "\(object.identity): \(path)"
            location["logicalLocations"] = [["fullyQualifiedName": .string(name)]]
        }
        return [
            "ruleId": .string(rule.rawValue),
            "ruleIndex": .int(ruleIndex),
            "level": level,
            "message": ["text": .string(sentence)],
            "locations": [.object(location)],
        ]
    }
}

extension String {
    /// This path as a URI reference: absolute paths as `file://`, others relative, every byte outside RFC 3986's
    /// unreserved characters and `/` percent-encoded.
    fileprivate var relativeURI: String {
        let path = hasPrefix("./") ? dropFirst(2) : self[...]
        let encoded = path.utf8.reduce(into: "") { uri, byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"), UInt8(ascii: "/"):
                uri.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                uri += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }
        return encoded.hasPrefix("/") ? "file://" + encoded : encoded
    }
}
