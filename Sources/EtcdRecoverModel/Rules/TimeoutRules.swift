enum TimeoutRules {
    struct Bounds: Sendable {
        var range: ClosedRange<GoDuration>
        /// As people write them; Go would print 24h0m0s.
        var shortest: String
        var longest: String

        /// Of one job.
        static let job = Bounds(range: .seconds(10)...(.seconds(24 * 3600)), shortest: "10s", longest: "24h")
    }

    static func judge(
        _ text: String?, at path: FieldPath, within bounds: Bounds = .job, _ rule: Rule,
        into findings: inout [Finding]
    ) {
        guard let text = text.ifGiven else { return }
        if let problem = problem(text, bounds) {
            findings.append(Finding(rule, at: path, value: quoted(text), problem))
        }
    }

    private static func problem(_ text: String, _ bounds: Bounds) -> String? {
        let form = "must be a duration such as 10m, 90s or 1h30m"
        do throws(GoDuration.Fault) {
            let duration = try GoDuration(parsing: text)
            if duration < bounds.range.lowerBound { return "must be at least \(bounds.shortest)" }
            return duration > bounds.range.upperBound ? "must be at most \(bounds.longest)" : nil
        } catch {
            return switch error {
            case .malformed: form
            case .missingUnit: "\(form): a number needs a unit (ns, us, ms, s, m or h)"
            case .unknownUnit(let unit): "\(form): \(quoted(unit)) is no unit (ns, us, ms, s, m or h)"
            case .tooLong: "must be at most \(bounds.longest)"
            }
        }
    }
}
