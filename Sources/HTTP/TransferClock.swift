/// Measures one transfer against its deadlines. No clock of its own: every time is an argument.
struct TransferClock {
    typealias Instant = ContinuousClock.Instant

    private let deadlines: Deadlines
    private let start: Instant
    private var connectionTime: Instant?
    private var hasHead = false
    private var lastMove: Instant
    private var window: (start: Instant, bytes: Int)
    /// Waiting for this side, in which no silence counts.
    private var isHeld = false

    init(_ deadlines: Deadlines, start: Instant) {
        self.deadlines = deadlines
        self.start = start
        lastMove = start
        window = (start, 0)
    }

    mutating func connected(at now: Instant) {
        connectionTime = now
        restart(at: now)
    }

    mutating func received(_ bytes: Int, at now: Instant) {
        lastMove = now
        window.bytes += bytes
    }

    /// What leaves breaks the silence only as long as it can be what the peer waits for.
    mutating func sent(_ bytes: Int, at now: Instant) {
        if !hasHead { lastMove = now }
        window.bytes += bytes
    }

    /// The response's head is here: from now on an upload kept open is not what the transfer waits for.
    mutating func receivedHead(at now: Instant) {
        hasHead = true
        release(at: now)
    }

    mutating func hold() {
        isHeld = true
    }

    mutating func release(at now: Instant) {
        isHeld = false
        restart(at: now)
    }

    private mutating func restart(at now: Instant) {
        lastMove = now
        window = (now, 0)
    }

    enum Reading: Equatable {
        /// Nothing can run out before this time; `nil`: nothing can.
        case inTime(until: Instant?)
        case expired(HTTPError.Phase, after: Duration)
    }

    mutating func read(at now: Instant) -> Reading {
        var due: Instant?
        func overdue(_ limit: Instant) -> Bool {
            due = min(due ?? limit, limit)
            return now >= limit
        }
        if let total = deadlines.total, overdue(start + total) { return .expired(.total, after: total) }
        guard let connectionTime else {
            return overdue(start + deadlines.connect)
                ? .expired(.connect, after: deadlines.connect) : .inTime(until: due)
        }
        if let response = deadlines.response, !hasHead, overdue(connectionTime + response) {
            return .expired(.response, after: response)
        }
        guard !isHeld else { return .inTime(until: due) }
        if let idle = deadlines.idle, overdue(lastMove + idle) { return .expired(.idle, after: idle) }
        if let pace = deadlines.stall, overdue(window.start + pace.window) {
            let seconds = Double(pace.window.components.seconds) + Double(pace.window.components.attoseconds) / 1e18
            guard Double(window.bytes) >= Double(pace.bytesPerSecond) * seconds else {
                return .expired(.stall, after: pace.window)
            }
            window = (now, 0)
            due = min(due ?? now, now + pace.window)
            return .inTime(until: now)
        }
        return .inTime(until: due)
    }
}
