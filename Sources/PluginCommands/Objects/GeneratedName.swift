import EtcdRecoverModel
import FoundationEssentials

/// A name for an object that was given none: what it is about, and the time to the second in UTC
/// (`main-20261121133000`), so that names of one cluster sort by age. Cut to what Kubernetes allows.
func generatedName(for subject: String, at now: Date) -> String {
    let digits = Timestamp(now).rawValue.filter { $0.isASCII && $0.isNumber }
    return String(subject.prefix(253 - 1 - digits.count)) + "-" + digits
}
