import EtcdRecoverModel

/// A flag's value as a time span: a Go duration (`90s`, `1h30m`) or whole seconds, as kubectl takes them.
func duration(_ text: String, flag: String) throws(CommandFailure) -> Duration {
    if let seconds = Int64(text), (-(1 << 31)...1 << 31).contains(seconds) { return .seconds(seconds) }
    guard let duration = try? GoDuration(parsing: text).duration else {
        throw CommandFailure(
            "\(flag) must be a duration like 30s, 10m or 1h30m, not \"\(text)\"", status: .usage)
    }
    return duration
}
