import Glibc
import TestSupport

/// Answers the first request of one connection with frames of HTTP/2 that the test chose, then reads until the client is
/// gone.
final class ScriptedServer: Sendable {
    let port: Int
    var url: String { "http://127.0.0.1:\(port)" }

    enum Frame {
        case headers([(String, String)], isLast: Bool)
        case data([UInt8], isLast: Bool)
        /// With an error code.
        case reset(UInt8)
    }

    init(_ frames: [Frame]) throws {
        let (listener, port) = try listeningSocket()
        self.port = port
        // Settings of its own, and the acknowledgement of the client's.
        let answer = [0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 4, 1, 0, 0, 0, 0] + frames.flatMap(\.bytes)
        startThread {
            defer { close(listener) }
            let connection = accept(listener, nil, nil)
            guard connection >= 0 else { return }
            defer { close(connection) }
            var buffer = [UInt8](repeating: 0, count: 4096)
            var request: [UInt8] = []
            // The end of the request: a frame of DATA on stream 1 that is the last.
            while request.firstRange(of: [0, 1, 0, 0, 0, 1]) == nil {
                let count = recv(connection, &buffer, buffer.count, 0)
                guard count > 0 else { return }
                request += buffer[..<count]
            }
            guard sendAll(answer[...], to: connection) else { return }
            while recv(connection, &buffer, buffer.count, 0) > 0 {}
        }
    }
}

extension ScriptedServer.Frame {
    var bytes: [UInt8] {
        switch self {
        case .headers(let fields, let isLast):
            // Literals without compression; the status 200 is number 8 of the static table.
            let block = fields.flatMap { name, value -> [UInt8] in
                name == ":status"
                    ? [0x88] : [0, UInt8(name.utf8.count)] + name.utf8 + [UInt8(value.utf8.count)] + value.utf8
            }
            return frame(type: 1, flags: isLast ? 5 : 4, block)
        case .data(let bytes, let isLast): return frame(type: 0, flags: isLast ? 1 : 0, bytes)
        case .reset(let code): return frame(type: 3, flags: 0, [0, 0, 0, code])
        }
    }

    private func frame(type: UInt8, flags: UInt8, _ payload: [UInt8]) -> [UInt8] {
        let size = payload.count
        return [UInt8(size >> 16), UInt8(size >> 8 & 0xFF), UInt8(size & 0xFF), type, flags, 0, 0, 0, 1] + payload
    }
}
