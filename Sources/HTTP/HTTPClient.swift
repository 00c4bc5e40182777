/// An HTTP client on libcurl: one connection pool and one thread, however many requests are under way.
///
/// The thread lives as long as the client: `shutdown()` ends it and waits, the last release of the client ends it without
/// waiting. Requests still under way then fail with `HTTPError.clientClosed`. Cancelling the task that awaits a request
/// closes its connection (HTTP/1.1) or resets its stream (HTTP/2) at once and throws `CancellationError`.
package final class HTTPClient: Sendable {
    private let loop: TransferLoop

    package init(_ configuration: Configuration = Configuration()) throws {
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
        try await withResponse(to: request, deadlines: deadlines) { head, body in
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
        fatalError()
    }
}
