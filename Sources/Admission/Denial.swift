import EtcdRecoverModel

extension Status {
    /// More than this is no help to anybody, and an answer has to end.
    static let causeLimit = 100

    /// A refusal as the API server itself words one: every problem in the message, and each as a cause with its path.
    static func invalid(_ kind: GroupVersionKind, name: String, _ errors: [Finding]) -> Status {
        var causes = errors.prefix(causeLimit).map {
            Cause(reason: $0.reason, message: $0.message, field: $0.path.description)
        }
        if errors.count > causeLimit {
            causes.append(
                Cause(reason: .invalid, message: "and \(errors.count - causeLimit) more problems", field: "metadata"))
        }
        let problems = causes.map { "\($0.field ?? ""): \($0.message ?? "")" }
        let list = problems.count == 1 ? problems[0] : "[\(problems.joined(separator: ", "))]"
        return Status(
            status: "Failure", message: "\(kind.kind).\(kind.group) \"\(name)\" is invalid: \(list)", reason: "Invalid",
            details: Details(name: name, group: kind.group, kind: kind.kind, causes: causes), code: 422)
    }
}
