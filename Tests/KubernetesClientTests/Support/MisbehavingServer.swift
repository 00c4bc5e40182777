import Glibc
import Synchronization
import TestSupport

/// An HTTP/1.1 server that does what a test tells it, byte by byte. Each connection has a thread, and serves one request.
final class MisbehavingServer: Sendable {
    struct Request: Sendable {
        /// `GET /version HTTP/1.1`
        var line: String
        var fields: [String]
        /// Counts from 1.
        var number: Int

        var target: String { line.split(separator: " ").dropFirst().first.map(String.init) ?? "" }
        func field(_ name: String) -> String? {
            fields.first { $0.lowercased().hasPrefix("\(name.lowercased()): ") }.map {
                String($0.dropFirst(name.count + 2))
            }
        }
    }

    enum Step: Sendable {
        case send(String)
        case repeating(String, times: Int)
        case hang
        case reset
        case tell(@Sendable () -> Void)
    }

    let port: UInt16
    private let listener: Int32
    private let respond: @Sendable (Request) -> [Step]
    private let state = Mutex((requests: [Request](), open: Set<Int32>(), isClosed: false))

    var url: String { "http://127.0.0.1:\(port)" }
    var requests: [Request] { state.withLock { $0.requests } }

    init(_ respond: @escaping @Sendable (Request) -> [Step]) throws {
        (listener, port) = try listeningSocket()
        self.respond = respond
        startThread { [listener] in
            while true {
                let connection = acceptedSocket(listener)
                guard connection >= 0 else { return }
                startThread { [weak self] in self?.serve(connection) ?? { _ = close(connection) }() }
            }
        }
    }

    deinit {
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
        for connection in state.withLock({ $0.open }) { shutdown(connection, Int32(SHUT_RDWR)) }
    }

    /// A whole response.
    static func answer(
        _ status: String, _ body: String, type: String = "application/json", fields: [String] = []
    ) -> [Step] {
        let head = ["HTTP/1.1 \(status)", "Content-Type: \(type)", "Content-Length: \(body.utf8.count)"] + fields
        return [.send(head.joined(separator: "\r\n") + "\r\nConnection: close\r\n\r\n" + body)]
    }

    /// The head of a response whose body ends with the connection, as chunks that follow.
    static let streamHead = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"

    static func chunk(_ text: String) -> String {
        "\(String(text.utf8.count, radix: 16))\r\n\(text)\r\n"
    }

    private func serve(_ connection: Int32) {
        state.withLock { _ = $0.open.insert(connection) }
        guard let request = readRequest(connection) else { return end(connection) }
        for step in respond(request) {
            switch step {
            case .send(let text):
                guard sendAll(text.utf8, to: connection) else { return end(connection) }
            case .repeating(let text, let times):
                for _ in 0..<times {
                    guard sendAll(text.utf8, to: connection) else { return end(connection) }
                }
            case .hang:
                // Until the client goes.
                var byte: UInt8 = 0
                while recv(connection, &byte, 1, 0) > 0 {}
            case .tell(let what):
                what()
            case .reset:
                state.withLock { _ = $0.open.remove(connection) }
                return reset(connection)
            }
        }
        end(connection)
    }

    private func end(_ connection: Int32) {
        state.withLock { _ = $0.open.remove(connection) }
        close(connection)
    }

    private func readRequest(_ connection: Int32) -> Request? {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while !bytes.contains(sequence: "\r\n\r\n") {
            let count = recv(connection, &buffer, buffer.count, 0)
            guard count > 0, bytes.count < 1 << 20 else { return nil }
            bytes += buffer[..<count]
        }
        let head = String(decoding: bytes, as: UTF8.self).split(separator: "\r\n").map(String.init)
        return state.withLock { state in
            let request = Request(
                line: head.first ?? "", fields: Array(head.dropFirst()), number: state.requests.count + 1)
            state.requests.append(request)
            return request
        }
    }
}

extension [UInt8] {
    fileprivate func contains(sequence text: String) -> Bool {
        firstRange(of: Array(text.utf8)) != nil
    }
}
