/// Names of EtcdClusters: names of pods and volume claims are made from them, with up to eleven bytes more.
enum ClusterNameRules {
    static let longest = 52

    static func judge(
        _ name: String?, at path: FieldPath, required: Rule, _ purpose: String, invalid: Rule,
        into findings: inout [Finding]
    ) {
        guard let name = name.ifGiven else {
            findings.append(Finding(required, at: path, "name the EtcdCluster \(purpose)"))
            return
        }
        if let problem = KubernetesName.labelProblem(name, longest: longest) {
            findings.append(Finding(invalid, at: path, value: quoted(name), problem))
        }
    }

    static func isValid(_ name: String?) -> Bool {
        name.ifGiven.map { KubernetesName.labelProblem($0, longest: longest) == nil } ?? false
    }
}
