import HTTPTypes
import HummingbirdCore
import NIOCore

/// Rescue copies over HTTP: GET and HEAD, whole or in part.
struct RescueEndpoint: Sendable {
    let open: RescueServer.Open

    /// Held of a copy for each connection, in bytes.
    private static let piece: Int64 = 256 << 10
    /// To tell who asks.
    private static let patience = Duration.seconds(20)

    func respond(to request: Request, writer: consuming ResponseWriter) async throws {
        let deadline = ConnectionDeadline.current
        deadline?.enter(.answering(Self.patience))
        let answer: Result<(RescueResponse, ServedFile), Refusal>
        do throws(Refusal) { answer = .success(try await self.answer(request.head)) } catch {
            answer = .failure(error)
        }
        deadline?.enter(.writing)
        switch answer {
        case .success((let response, let file)):
            let body =
                request.method == .head || response.bytes.isEmpty
                ? ResponseBody() : body(response.bytes, of: file, deadline)
            try await writer.write(response: response.head, body: body)
            // Left open: what the peer has not read yet would go with the connection.
            deadline?.enter(.idle)
        case .failure(let refusal):
            var reply = Reply(refusal)
            reply.closeConnection()
            try await writer.write(
                response: reply.head,
                body: request.method == .head ? ResponseBody() : ResponseBody(byteBuffer: reply.body))
            deadline?.enter(.lingering)
        }
    }

    private func answer(_ head: HTTPRequest) async throws(Refusal) -> (RescueResponse, ServedFile) {
        let asked = try RescueRequest(head)
        switch await open(asked.path, asked.token) {
        case .copy(let file): return (try RescueResponse(to: asked, of: file), file)
        case .refused: throw .notGiven
        case .missing: throw Refusal(code: .notFound, reason: "NotFound", message: "the copy is not there any more")
        case .unavailable(let why): throw Refusal(code: .serviceUnavailable, reason: "ServiceUnavailable", message: why)
        }
    }

    /// Piece by piece as the peer takes them. What goes wrong from here on ends the connection, which the peer sees.
    private func body(_ bytes: Range<Int64>, of file: ServedFile, _ deadline: ConnectionDeadline?) -> ResponseBody {
        ResponseBody(contentLength: Int(bytes.count)) { writer in
            var offset = bytes.lowerBound
            while offset < bytes.upperBound {
                let count = Int(min(Self.piece, bytes.upperBound - offset))
                let piece = try await Self.read(file, offset, count)
                // For each anew: a copy takes as long as it takes.
                deadline?.enter(.writing)
                try await writer.write(ByteBuffer(bytes: piece))
                offset += Int64(count)
            }
            try await writer.finish(nil)
        }
    }

    private enum Failure: Error { case short }

    /// Not on the event loop, where a disk that is slow would hold up other connections.
    private static func read(_ file: ServedFile, _ offset: Int64, _ count: Int) async throws -> [UInt8] {
        try await withTaskExecutorPreference(globalConcurrentExecutor) {
            let piece = try await file.read(offset, count)
            guard piece.count == count else { throw Failure.short }
            return piece
        }
    }
}

extension Refusal {
    /// Whether it is not there, or not for this one, is not told apart.
    static let notGiven = Refusal(
        code: .forbidden, reason: "Forbidden", message: "there is no rescue copy here for whoever shows this token")
}
