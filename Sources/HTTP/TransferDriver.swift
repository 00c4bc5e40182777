import CCurl

/// What the loop's thread does with libcurl. Lives on that thread alone.
struct TransferDriver {
    private let multi: CurlMulti
    private let configuration: HTTPClient.Configuration
    private let tls: PreparedTLS
    private var exchanges: [ObjectIdentifier: (exchange: Exchange, easy: CurlEasy)] = [:]
    private var nextCheck: ContinuousClock.Instant?

    init(_ multi: CurlMulti, _ configuration: HTTPClient.Configuration) {
        self.multi = multi
        self.configuration = configuration
        tls = PreparedTLS(configuration.tls)
        multi.set(CURLMOPT_PIPELINING, configuration.sharesConnections ? CURLPIPE_MULTIPLEX : CURLPIPE_NOTHING)
        multi.set(CURLMOPT_MAX_HOST_CONNECTIONS, configuration.connectionsPerHost)
        multi.set(CURLMOPT_MAXCONNECTS, configuration.connectionsPerHost)
    }

    /// One round: carry out the commands, move bytes, wake whoever waits for them, then sleep until there is more to do,
    /// unless told not to.
    mutating func run(_ commands: [TransferLoop.Command], sleeps: Bool) {
        for command in commands { carryOut(command) }
        multi.perform()
        gather()
        while let (easy, failure) = multi.nextDone() {
            if let exchange = easy.delegate as? Exchange {
                exchange.finish(failure)
                forget(exchange)
            }
        }
        var mayHoldMore = false
        for (exchange, _) in exchanges.values {
            if exchange.hasNews {
                mayHoldMore = mayHoldMore || exchange.isHTTP2
                exchange.announce()
            }
            if exchange.hasNewDeadline { nextCheck = .now }
        }
        checkDeadlines()
        // libcurl 7.88 can keep HTTP/2 frames it has read, the end of a stream too, and forget to ask for another round.
        multi.poll(milliseconds: mayHoldMore || !sleeps ? 0 : pause)
    }

    /// Reads on while bodies arrive: libcurl takes 32 KiB at a time, and to wake a reader costs more than that.
    private func gather() {
        while exchanges.values.reduce(false, { $1.exchange.isGathering() || $0 }) { multi.perform() }
    }

    mutating func stop() {
        for (exchange, _) in exchanges.values { end(exchange, HTTPError.clientClosed) }
    }

    private mutating func carryOut(_ command: TransferLoop.Command) {
        switch command {
        case .start(let transfer, let request): start(transfer, request)
        case .remove(let transfer):
            if let (exchange, _) = exchanges[ObjectIdentifier(transfer)] { end(exchange, CancellationError()) }
        case .resumeReceiving(let transfer): resume(transfer, CURLPAUSE_RECV)
        case .resumeSending(let transfer): resume(transfer, CURLPAUSE_SEND)
        }
    }

    private mutating func start(_ transfer: Transfer, _ request: PreparedRequest) {
        let exchange = Exchange(
            transfer, request, headerLimit: configuration.headerLimit,
            requiresHTTP2: configuration.version == .http2)
        do {
            let easy = try exchange.makeEasy(configuration, tls)
            exchanges[ObjectIdentifier(transfer)] = (exchange, easy)
            multi.add(easy)
        } catch {
            if let failure = error as? CurlFailure { exchange.finish(failure) } else { transfer.fail(error) }
            transfer.released()
        }
    }

    private mutating func resume(_ transfer: Transfer, _ direction: Int32) {
        guard let (exchange, easy) = exchanges[ObjectIdentifier(transfer)] else { return }
        exchange.resumed(direction)
        do {
            try easy.resume(direction)
        } catch {
            multi.remove(easy)
            exchange.finish(error as? CurlFailure)
            forget(exchange)
        }
    }

    private mutating func end(_ exchange: Exchange, _ reason: any Error) {
        guard let (_, easy) = exchanges[ObjectIdentifier(exchange.transfer)] else { return }
        multi.remove(easy)
        exchange.transfer.fail(reason)
        forget(exchange)
    }

    private mutating func forget(_ exchange: Exchange) {
        exchanges[ObjectIdentifier(exchange.transfer)] = nil
        exchange.dropBody()
        exchange.transfer.released()
    }

    /// Looks at every clock, but only when the earliest of them can have run out.
    private mutating func checkDeadlines() {
        let now = ContinuousClock.now
        guard let due = nextCheck, now >= due else { return }
        nextCheck = nil
        for (exchange, _) in exchanges.values {
            do throws(HTTPError) {
                guard let next = try exchange.checkDeadlines(at: now) else { continue }
                nextCheck = min(nextCheck ?? next, next)
            } catch {
                end(exchange, error)
            }
        }
    }

    /// Milliseconds to sleep at most; libcurl's own timers and sockets cut it short.
    private var pause: Int32 {
        guard let nextCheck else { return 60_000 }
        let left = (nextCheck - ContinuousClock.now) / .milliseconds(1)
        return Int32(max(0, min(left.rounded(.up), 60_000)))
    }
}
