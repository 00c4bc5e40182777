import FoundationEssentials

/// An object of ours out of JSON that may have anything wrong with it.
package struct Decoded<Resource: ManagedResource>: Sendable {
    /// What could be read; a value that does not fit its field is left out.
    package var object: Resource
    /// About the shape and the metadata, in field order.
    package var findings: [Finding]
    /// What was left out.
    fileprivate var broken: Set<FieldPath>

    /// What the rules say on top, with nothing about a field that is there but was left out, in field order.
    package func pureFindings(old: Resource? = nil, options: RuleOptions = RuleOptions()) -> [Finding] {
        merged(object.pureFindings(old: old, options: options))
    }

    /// Like `pureFindings`, look-ups included.
    package func allFindings(
        old: Resource? = nil, requester: UserInfo? = nil, lookup: any Lookup, options: RuleOptions = RuleOptions()
    ) async -> [Finding] {
        merged(await object.allFindings(old: old, requester: requester, lookup: lookup, options: options))
    }

    private func merged(_ rules: [Finding]) -> [Finding] {
        let news = rules.filter { !broken.covers($0.path) }
        return FieldOrder(schema: Resource.wholeSchema).sorted(findings + news)
    }
}

extension ManagedResource {
    /// Reads `value` field by field; nothing stops it. `spelling` tells how a plain scalar was written, where the source
    /// is YAML, so that a message about `y`, which YAML reads as true, can say so.
    package static func decode(
        _ value: JSONValue, unknownFields: UnknownFields, spelling: @escaping (FieldPath) -> String? = { _ in nil }
    ) -> Decoded<Self> {
        var check = ShapeCheck(unknownFields: unknownFields, spelling: spelling)
        var fit = check.fitting(value, wholeSchema, at: FieldPath()) ?? .object([:])
        var broken = check.broken
        if fit["metadata"] == nil { fit = fit.setting("metadata", to: .object([:])) }

        let object: Self
        var findings = check.findings
        do {
            object = try JSONDecoder().decode(Self.self, from: Data(fit.jsonBytes))
        } catch {
            // Only when schema and struct disagree, which a test keeps from happening.
            let path = FieldPath(error)
            findings.append(Finding(ShapeRules.wrongType, at: path, "it cannot be read"))
            broken.insert(path)
            object = Self(metadata: ObjectMeta())
        }
        findings += identityFindings(value).filter { !broken.contains($0.path) }
        findings += MetadataRules.judge(object.metadata).filter { !broken.covers($0.path) }
            .prefix(ShapeCheck.mostFindings)
        return Decoded(
            object: object, findings: FieldOrder(schema: wholeSchema).sorted(findings), broken: broken)
    }

    private static func identityFindings(_ value: JSONValue) -> [Finding] {
        [("apiVersion", ShapeRules.apiVersion, apiVersion), ("kind", ShapeRules.kind, kind)].compactMap {
            name, rule, expected in
            let found = value[name]?.string ?? ""
            return found == expected ? nil : Finding(rule, at: FieldPath(name), found, supported: [expected])
        }
    }
}

extension JSONValue {
    fileprivate func setting(_ key: String, to value: JSONValue) -> JSONValue {
        guard case .object(var members) = self else { return self }
        members[key] = value
        return .object(members)
    }
}

extension Set<FieldPath> {
    /// Whether `path`, or something that it lies in, is one of these.
    fileprivate func covers(_ path: FieldPath) -> Bool {
        !isEmpty && (0...path.steps.count).contains { contains(FieldPath(Array(path.steps.prefix($0)))) }
    }
}

extension FieldPath {
    /// Where decoding failed.
    fileprivate init(_ error: any Error) {
        let keys: [any CodingKey] =
            switch error {
            case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context),
                DecodingError.dataCorrupted(let context):
                context.codingPath
            case DecodingError.keyNotFound(let key, let context): context.codingPath + [key]
            default: []
            }
        self.init(keys.map { key in key.intValue.map(Step.index) ?? .field(key.stringValue) })
    }
}
