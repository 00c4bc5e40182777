/// Which of its two passes the API server asks for: defaults first, then, after its own schema check, the rules.
package enum AdmissionStage: String, CaseIterable, Sendable {
    case mutate
    case validate
}
