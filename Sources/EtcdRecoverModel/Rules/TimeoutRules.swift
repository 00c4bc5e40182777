enum TimeoutRules {
    static let shortest = GoDuration.seconds(10)
    static let longest = GoDuration.seconds(24 * 60 * 60)

    static func judge(_ text: String?, at path: FieldPath, _ rule: Rule, into findings: inout [Finding]) {
        guard let text = text.ifGiven else { return }
        if let problem = problem(text) { findings.append(Finding(rule, at: path, value: quoted(text), problem)) }
    }

    private static func problem(_ text: String) -> String? {
        let form = "must be a duration such as 10m, 90s or 1h30m"
        do throws(GoDuration.Fault) {
            let duration = try GoDuration(parsing: text)
            if duration < shortest { return "must be at least 10s" }
            return duration > longest ? "must be at most 24h" : nil
        } catch {
            return switch error {
            case .malformed: form
            case .missingUnit: "\(form): a number needs a unit (ns, us, ms, s, m or h)"
            case .unknownUnit(let unit): "\(form): \(quoted(unit)) is no unit (ns, us, ms, s, m or h)"
            case .tooLong: "must be at most 24h"
            }
        }
    }
}
