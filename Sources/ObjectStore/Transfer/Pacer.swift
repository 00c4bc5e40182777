/// Keeps a transfer at a number of bytes per second; what it fell behind is made up for by a quarter of a second at most. No
/// clock of its own.
package struct Pacer: Hashable, Sendable {
    package let bytesPerSecond: Int
    /// When all that was let through so far would have gone through at an even pace.
    private var paidUntil: Duration = .zero

    package init(bytesPerSecond: Int) {
        self.bytesPerSecond = max(1, bytesPerSecond)
    }

    /// How long to wait after `bytes` more, at `now` since the transfer began.
    package mutating func delay(after bytes: Int, at now: Duration) -> Duration {
        let cost = Duration.seconds(Double(bytes) / Double(bytesPerSecond))
        paidUntil = max(paidUntil, now - .milliseconds(250)) + cost
        return max(.zero, paidUntil - now)
    }
}
