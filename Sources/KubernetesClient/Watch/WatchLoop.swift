import EtcdRecoverModel
import HTTP
import HTTPTypes

/// Keeps a watch going: lists, streams, resumes, waits.
struct WatchLoop<R: KubernetesResource>: Sendable {
    var client: KubernetesClient
    var scope: Scope
    var selector: Selector
    var start: String?
    var options: WatchOptions
    /// A connection that lasts this long is a good one, however it ends: quiet ones are cut by what lies between. Less than
    /// the shortest `connectionPeriod`.
    var shortest: Duration = .milliseconds(500)

    /// Runs until cancelled or until waiting does not help.
    func run(into handoff: Handoff<WatchEvent<R>>) async throws {
        var position = start
        var failures = 0
        var lastGood = ContinuousClock.now
        while true {
            var opened: ContinuousClock.Instant?
            var problem: any Error = Interruption.endedAtOnce
            var isGood = false
            do {
                if position == nil {
                    let list = try await client.list(R.self, in: scope, matching: selector, options: options.list)
                    position = list.resourceVersion
                    try await handoff.send(.listed(list.items, resourceVersion: list.resourceVersion))
                }
                try await stream(from: position ?? "") { news in
                    switch news {
                    case .opened: opened = .now
                    case .event(let event, let version):
                        isGood = true
                        if !version.isEmpty { position = version }
                        try await handoff.send(event)
                    }
                }
            } catch {
                guard let next = WatchPolicy.next(after: error) else { throw error }
                if next == .relist { position = nil }
                problem = error
            }
            if let opened, ContinuousClock.now - opened >= shortest { isGood = true }
            if isGood {
                failures = 0
                lastGood = .now
                if problem is Interruption { continue }
            } else if let patience = options.patience, ContinuousClock.now - lastGood > patience {
                throw problem
            }
            failures += 1
            let pause = Backoff.watch.pause(attempt: failures, jitter: .random(in: 0...1))
            options.onInterruption?(problem, pause)
            try await Task.sleep(for: pause)
        }
    }

    private enum News {
        /// The server has answered 200.
        case opened
        case event(WatchEvent<R>, resourceVersion: String)
    }

    private func stream(
        from resourceVersion: String, _ receive: (News) async throws -> Void
    ) async throws {
        let seconds = max(1, Int(options.connectionPeriod.components.seconds))
        let call = Call(
            path: try ResourcePath.collection(R.self, namespace: scope.namespace),
            query: selector.query + [
                ("watch", "true"), ("allowWatchBookmarks", "true"), ("resourceVersion", resourceVersion),
                ("timeoutSeconds", String(seconds)),
            ])
        var presented = try await client.currentCredentials()
        if try await open(call, presented, seconds, receive) { return }
        // Refused once; with renewed credentials a second refusal is final.
        guard let renewed = try await client.renewedCredentials(instead: presented) else { throw refused(call) }
        presented = renewed
        if try await open(call, presented, seconds, receive) { return }
        throw refused(call)
    }

    /// False when the server answers 401.
    private func open(
        _ call: Call, _ credentials: Credentials, _ seconds: Int,
        _ receive: (News) async throws -> Void
    ) async throws -> Bool {
        let request = client.description(of: call)
        do {
            return try await client.http(presenting: credentials.certificate).withResponse(
                to: client.request(for: call, presenting: credentials),
                deadlines: .watch(idle: .seconds(seconds) + options.grace)
            ) { head, body in
                guard head.status.code == 200 else {
                    let bytes = try await body.collect(upTo: Limits.object)
                    if head.status.code == 401 { return false }
                    throw KubernetesError.api(APIFailure(head, bytes, to: request, hiding: credentials))
                }
                try await receive(.opened)
                var lines = LineReader(body.makeAsyncIterator(), limit: Limits.watchLine)
                while let line = try await lines.next() {
                    switch try client.decode(WatchLine<R>.self, from: line, of: call, as: "an event of \(R.kind)") {
                    case .event(let event, let version):
                        try await receive(.event(event, resourceVersion: version))
                    case .error(let status): throw KubernetesError.api(APIFailure(status, request: request))
                    }
                }
                return true
            }
        } catch let error as HTTPError {
            throw KubernetesError.transport(error, request: request)
        } catch is LineReader<ResponseBody.Iterator>.LineTooLong {
            throw KubernetesError.undecodable(
                object: "an event of \(R.kind)", path: "", reason: "it is longer than \(Limits.watchLine) bytes",
                request: request)
        }
    }

    private func refused(_ call: Call) -> KubernetesError {
        .api(
            APIFailure(
                code: 401, reason: "Unauthorized", message: "Unauthorized", request: client.description(of: call)))
    }

    private enum Interruption: Error, CustomStringConvertible {
        case endedAtOnce
        var description: String { "the API server ended the watch as soon as it began" }
    }
}

/// What a watch does about an error.
enum WatchPolicy: Equatable {
    case resume
    /// History is gone: begin with a list.
    case relist

    /// Nil when waiting does not help.
    static func next(after error: any Error) -> WatchPolicy? {
        switch error {
        case let error as KubernetesError: next(after: error)
        default: nil
        }
    }

    private static func next(after error: KubernetesError) -> WatchPolicy? {
        switch error {
        case .api(let failure):
            switch failure.code {
            case 410: .relist
            case 429, 500...599: .resume
            default: nil
            }
        // A handshake also breaks off when the connection is lost in the middle of it.
        case .transport(.tls(_, .handshake), _): .resume
        case .transport(.tls, _), .transport(.invalidURL, _), .transport(.clientClosed, _): nil
        case .transport, .timedOut: .resume
        case .undecodable, .credentials, .tooManyItems, .invalidRequest: nil
        }
    }
}
