/// Findings as they come: the first ones kept, all counted.
package struct Findings: Hashable, Sendable {
    /// In the order they were made, errors and warnings.
    package private(set) var list: [Finding] = []
    package private(set) var errors = 0
    package private(set) var warnings = 0

    /// How many are kept.
    package let limit: Int

    package init(limit: Int = 1000) {
        self.limit = limit
    }

    package var count: Int { errors + warnings }

    mutating func add(_ finding: Finding) {
        switch finding.severity {
        case .error: errors += 1
        case .warning: warnings += 1
        }
        if list.count < limit { list.append(finding) }
    }

    mutating func add(all other: Findings) {
        list += other.list.prefix(max(0, limit - list.count))
        errors += other.errors
        warnings += other.warnings
    }
}
