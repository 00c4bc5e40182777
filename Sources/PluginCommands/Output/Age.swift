import EtcdRecoverModel
import FoundationEssentials

extension Timestamp {
    /// The time gone by since, as kubectl's AGE column shows it; `<unknown>` when this is no time.
    func age(now: Date) -> String {
        date.map { humanAge(seconds: Int(now.timeIntervalSince($0).rounded(.down))) } ?? "<unknown>"
    }
}

/// Two units at most, the second only where the first is small: `45s`, `3m20s`, `47m`, `5h12m`, `11h`, `4d2h`, `312d`,
/// `2y40d`. As `duration.HumanDuration` in k8s.io/apimachinery.
func humanAge(seconds: Int) -> String {
    if seconds < -1 { return "<invalid>" }
    let seconds = max(0, seconds)
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86400)
    func pair(_ large: Int, _ unit: String, _ small: Int, _ smallUnit: String) -> String {
        small == 0 ? "\(large)\(unit)" : "\(large)\(unit)\(small)\(smallUnit)"
    }
    return switch true {
    case seconds < 120: "\(seconds)s"
    case minutes < 10: pair(minutes, "m", seconds % 60, "s")
    case minutes < 180: "\(minutes)m"
    case hours < 8: pair(hours, "h", minutes % 60, "m")
    case hours < 48: "\(hours)h"
    case hours < 192: pair(days, "d", hours % 24, "h")
    case days < 730: "\(days)d"
    case days < 2920: pair(days / 365, "y", days % 365, "d")
    default: "\(days / 365)y"
    }
}
