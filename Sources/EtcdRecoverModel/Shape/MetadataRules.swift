/// What the API server demands of metadata, told before it does.
enum MetadataRules {
    static let nameRequired = Rule(
        "metadata.name.required", .all, at: "metadata.name", .required, "There is a name or a generateName.")
    static let nameInvalid = Rule(
        "metadata.name.invalid", .all, at: "metadata.name, metadata.generateName", .invalid,
        "The name is a DNS-1123 subdomain.")
    static let namespaceInvalid = Rule(
        "metadata.namespace.invalid", .all, at: "metadata.namespace", .invalid, "The namespace is a DNS-1123 label.")
    static let labelInvalid = Rule(
        "metadata.labels.invalid", .all, at: "metadata.labels", .invalid,
        "Keys of labels are qualified names, and their values at most 63 letters, digits, `-`, `_` and `.`.")
    static let annotationInvalid = Rule(
        "metadata.annotations.invalid", .all, at: "metadata.annotations", .invalid,
        "Keys of annotations are qualified names, and all of them together take at most 256 KiB.")
    static let all = [nameRequired, nameInvalid, namespaceInvalid, labelInvalid, annotationInvalid]

    static func judge(_ metadata: ObjectMeta) -> [Finding] {
        let path = FieldPath("metadata")
        return judgeName(metadata, at: path) + judgeLabels(metadata.labels ?? [:], at: path["labels"])
            + judgeAnnotations(metadata.annotations ?? [:], at: path["annotations"])
    }

    private static func judgeName(_ metadata: ObjectMeta, at path: FieldPath) -> [Finding] {
        var findings: [Finding] = []
        if let name = metadata.name.ifGiven {
            if let problem = KubernetesName.subdomainProblem(name) {
                findings.append(Finding(nameInvalid, at: path["name"], value: quoted(name), problem))
            }
        } else if let stem = metadata.generateName.ifGiven {
            // The server puts letters and digits behind it, so it may end in a hyphen.
            if let problem = KubernetesName.subdomainProblem(stem + "x") {
                findings.append(Finding(nameInvalid, at: path["generateName"], value: quoted(stem), problem))
            }
        } else {
            findings.append(Finding(nameRequired, at: path["name"], "give the object a name"))
        }
        if let namespace = metadata.namespace.ifGiven, let problem = KubernetesName.labelProblem(namespace) {
            findings.append(Finding(namespaceInvalid, at: path["namespace"], value: quoted(namespace), problem))
        }
        return findings
    }

    private static func judgeLabels(_ labels: [String: String], at path: FieldPath) -> [Finding] {
        labels.sorted { $0.key < $1.key }.flatMap { key, value in
            [
                KubernetesName.qualifiedNameProblem(key).map {
                    Finding(labelInvalid, at: path[key], value: quoted(key), "a label's key \($0)")
                },
                KubernetesName.labelValueProblem(value).map {
                    Finding(labelInvalid, at: path[key], value: quoted(value), "a label's value \($0)")
                },
            ].compactMap(\.self)
        }
    }

    private static func judgeAnnotations(_ annotations: [String: String], at path: FieldPath) -> [Finding] {
        var findings = annotations.keys.sorted().compactMap { key in
            KubernetesName.qualifiedNameProblem(key.lowercased()).map {
                Finding(annotationInvalid, at: path[key], value: quoted(key), "an annotation's key \($0)")
            }
        }
        let size = annotations.reduce(0) { $0 + $1.key.utf8.count + $1.value.utf8.count }
        if size > 256 << 10 {
            findings.append(
                Finding(annotationInvalid, at: path, value: "\(size) bytes", "must be at most 262144 bytes"))
        }
        return findings
    }
}
