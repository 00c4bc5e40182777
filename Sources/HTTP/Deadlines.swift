/// How long a request may take. What runs out is named in `HTTPError.timedOut`.
///
/// Time in which the transfer waits for this side (a consumer that does not read, a producer that has nothing yet) counts
/// towards `total` only.
package struct Deadlines: Equatable, Sendable {
    /// The least pace of a transfer, averaged over `window`, both directions added.
    package struct Pace: Equatable, Sendable {
        package var bytesPerSecond: Int
        package var window: Duration

        package init(bytesPerSecond: Int, over window: Duration) {
            self.bytesPerSecond = bytesPerSecond
            self.window = window
        }
    }

    /// Waiting for a free connection, name resolution, TCP, proxy and TLS handshakes together.
    package var connect: Duration
    /// From the start of the request to the last byte of the response. `nil`: no limit.
    package var total: Duration?
    /// From the connection to the head of the response, whatever the request's body does meanwhile. `nil`: no limit.
    package var response: Duration?
    /// The longest silence of an established connection, waiting for the response head included. Once that head is here,
    /// only what arrives breaks the silence. `nil`: no limit.
    package var idle: Duration?
    package var stall: Pace?

    package init(
        connect: Duration = .seconds(10), total: Duration? = .seconds(60), response: Duration? = nil,
        idle: Duration? = .seconds(30), stall: Pace? = nil
    ) {
        self.connect = connect
        self.total = total
        self.response = response
        self.idle = idle
        self.stall = stall
    }

    /// For calls that answer at once.
    package static let call = Deadlines()
    /// For bodies of any size: no limit on the whole, but less than 1 KiB/s over a minute ends it.
    package static let transfer = Deadlines(
        total: nil, idle: .seconds(60), stall: Pace(bytesPerSecond: 1024, over: .seconds(60)))

    /// For streams that stay open and may be silent for up to `idle`.
    package static func watch(idle: Duration) -> Deadlines {
        Deadlines(total: nil, idle: idle)
    }
}
