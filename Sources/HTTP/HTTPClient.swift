/// An HTTP client on libcurl: one connection pool and one thread, however many requests are under way.
///
/// The thread lives as long as the client: `shutdown()` ends it and waits, the last release of the client ends it without
/// waiting. Requests still under way then fail with `HTTPError.clientClosed`. Cancelling the task that awaits a request
/// closes its connection (HTTP/1.1) or resets its stream (HTTP/2) at once and throws `CancellationError`.
package final class HTTPClient: Sendable {
    private let configuration: Configuration
    private let proxies: ProxySettings
    private let loop: TransferLoop

    package init(_ configuration: Configuration = Configuration()) throws {
        self.configuration = configuration
        proxies = ProxySettings(configuration.proxy)
        loop = try TransferLoop(configuration)
    }

    deinit {
        loop.stop()
    }

    /// Ends the thread, failing what is still under way, and returns when all connections are closed.
    package func shutdown() async {
        await loop.stopAndWait()
    }

    /// Sends and reads the whole response. Throws `HTTPError.bodyTooLarge` when its body exceeds `bodyLimit` bytes.
    package func send(
        _ request: Request, deadlines: Deadlines = .call, bodyLimit: Int = 16 << 20
    ) async throws -> Response {
        let prepared = try PreparedRequest(request, tls: configuration.tls, proxies: proxies)
        let transfer = Transfer(endpoint: prepared.endpoint, deadlines: deadlines, receiveWatermark: bodyLimit + 1)
        return try await run(transfer, prepared, request.body) { head, body in
            let bytes = try await body.collect(upTo: bodyLimit)
            return Response(head: head, body: bytes, trailers: body.trailers)
        }
    }

    /// Sends and hands over the response as soon as its head is here; the body streams within `receive`. Leaving `receive`
    /// before the body's end stops the transfer. The upload, where the body is a stream, runs beside `receive`.
    package func withResponse<Result>(
        to request: Request, deadlines: Deadlines = .transfer, isolation: isolated (any Actor)? = #isolation,
        _ receive: (ResponseHead, ResponseBody) async throws -> Result
    ) async throws -> Result {
        let prepared = try PreparedRequest(request, tls: configuration.tls, proxies: proxies)
        let transfer = Transfer(
            endpoint: prepared.endpoint, deadlines: deadlines, receiveWatermark: Transfer.watermark)
        return try await run(transfer, prepared, request.body, receive)
    }

    /// Holds the transfer's whole life: when this returns, nothing of it is left.
    private func run<Result>(
        _ transfer: Transfer, _ prepared: PreparedRequest, _ body: RequestBody,
        isolation: isolated (any Actor)? = #isolation,
        _ receive: (ResponseHead, ResponseBody) async throws -> Result
    ) async throws -> Result {
        try Task.checkCancellation()
        transfer.begin(on: loop, prepared)
        do {
            let result = try await withTaskCancellationHandler {
                try await upload(body, through: transfer) {
                    try await receive(transfer.head(), ResponseBody(transfer: transfer))
                }
            } onCancel: {
                transfer.abort(CancellationError())
            }
            await transfer.close()
            return result
        } catch {
            await transfer.close()
            throw error
        }
    }

    private func upload<Result>(
        _ body: RequestBody, through transfer: Transfer, isolation: isolated (any Actor)? = #isolation,
        while receive: () async throws -> Result
    ) async throws -> Result {
        guard case .stream(let length, let chunks) = body else { return try await receive() }
        return try await withThrowingTaskGroup(of: Void.self) { uploads in
            uploads.addTask { await transfer.upload(chunks, length: length) }
            // The response is here or has failed: the rest of the upload is of no use. It may be waiting for its source or
            // for room.
            defer {
                uploads.cancelAll()
                transfer.abort(CancellationError())
            }
            return try await receive()
        }
    }
}
