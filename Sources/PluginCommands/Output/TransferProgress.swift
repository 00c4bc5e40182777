/// How far a transfer is, in the words of its progress line. Times are since its beginning.
struct TransferProgress: Sendable {
    /// What the rate is taken over, and how often a sample of it is kept.
    private static let window = Duration.seconds(10)
    private static let step = Duration.milliseconds(250)

    /// In bytes; nil until the member has said it.
    private(set) var total: Int64?
    private(set) var bytes: Int64 = 0
    private var time = Duration.zero
    private var samples: [(time: Duration, bytes: Int64)] = [(.zero, 0)]

    mutating func record(_ bytes: Int64, of total: Int64?, at time: Duration) {
        (self.bytes, self.total, self.time) = (bytes, total, time)
        if time - samples[samples.count - 1].time >= Self.step { samples.append((time, bytes)) }
        while samples.count > 1, time - samples[1].time >= Self.window { samples.removeFirst() }
    }

    /// Bytes a second, of late; nil before anything came.
    var rate: Double? {
        guard let first = samples.first, time > first.time, bytes > first.bytes else { return nil }
        return Double(bytes - first.bytes) / ((time - first.time) / .seconds(1))
    }

    var timeLeft: Duration? {
        guard let total, let rate, total >= bytes else { return nil }
        return .seconds(Int64((Double(total - bytes) / rate).rounded(.up)))
    }

    /// `312MiB of 1.15GiB, 26%, 240MiB/s, 4s left`
    var text: String {
        var parts = [bytes.binarySize + "B"]
        if let total {
            parts[0] += " of \(total.binarySize)B"
            if total > 0 { parts.append("\(bytes * 100 / total)%") }
        }
        if let rate { parts.append("\(Int64(rate).binarySize)B/s") }
        if let timeLeft { parts.append("\(humanAge(seconds: Int(timeLeft.components.seconds))) left") }
        return parts.joined(separator: ", ")
    }
}
