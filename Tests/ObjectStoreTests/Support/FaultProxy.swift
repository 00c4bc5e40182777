import Glibc
import Synchronization

@testable import HTTP

/// Stands between a client and its store, and misbehaves on purpose. One request for each connection.
final class FaultProxy: Sendable {
    struct Seen: Sendable {
        let head: String
        var method: Substring { head.prefix { $0 != " " } }
        /// Path and query.
        var target: Substring { head.dropFirst(method.count + 1).prefix { $0 != " " } }

        func field(_ name: String) -> String? {
            for line in head.split(whereSeparator: \.isNewline).dropFirst() {
                guard let colon = line.firstIndex(of: ":"), line[..<colon].lowercased() == name else { continue }
                return String(line[line.index(after: colon)...].drop { $0 == " " })
            }
            return nil
        }

        var isPart: Bool { method == "PUT" && target.contains("partNumber=") }
        func isPart(_ number: Int) -> Bool { method == "PUT" && target.contains("partNumber=\(number)&") }
        var isComplete: Bool { method == "POST" && target.contains("uploadId=") }
        var isBegin: Bool { method == "POST" && target.contains("uploads") }
    }

    enum Action: Sendable {
        case forward
        /// A whole response instead of the store's.
        case answer(String)
        /// Reads that much of the body, then resets the connection.
        case reset(afterBytes: Int)
        /// Never answers.
        case stall
        /// The store does its work and nobody learns of it.
        case forwardAndReset
        /// Passes on that much of the response, head included, then resets the connection.
        case cut(afterBytes: Int)
        case edit(@Sendable (String) -> String)
    }

    let port: Int
    private let listener: Int32
    private let log = Mutex<[Seen]>([])

    /// All requests so far.
    var requests: [Seen] { log.withLock { $0 } }

    /// `decide` gets a request and those before it.
    init(to upstream: Int, _ decide: @escaping @Sendable (Seen, _ before: [Seen]) -> Action) throws {
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = Self.loopback(port: 0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let listener = listener
        let listens = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(listener, address, length) == 0 && listen(listener, 128) == 0
                    && getsockname(listener, address, &length) == 0
            }
        }
        guard listens else { throw HTTPError.cannotConnect(endpoint: "a proxy: errno \(errno)") }
        port = Int(UInt16(bigEndian: address.sin_port))
        let serve: @Sendable (Int32) -> Void = { [weak self] socket in
            defer { close(socket) }
            guard let head = Self.readHead(socket) else { return }
            let seen = Seen(head: head)
            guard let before = self?.note(seen) else { return }
            Self.carryOut(decide(seen, before), seen, from: socket, to: upstream)
        }
        try Thread.start {
            while true {
                let client = accept(listener, nil, nil)
                guard client >= 0 else { return }
                _ = fcntl(client, F_SETFD, FD_CLOEXEC)
                do { try Thread.start { serve(client) } } catch { close(client) }
            }
        }
    }

    deinit {
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
    }

    private func note(_ seen: Seen) -> [Seen] {
        log.withLock { log in
            defer { log.append(seen) }
            return log
        }
    }

    private static func carryOut(_ action: Action, _ seen: Seen, from client: Int32, to upstream: Int) {
        let size = seen.field("content-length").flatMap { Int($0) } ?? 0
        switch action {
        case .stall:
            var ends = pollfd(fd: client, events: 0x2000 /* POLLRDHUP */, revents: 0)
            poll(&ends, 1, 60_000)
        case .reset(let count):
            _ = read(client, upTo: min(count, size))
            reset(client)
        case .answer(let response):
            _ = read(client, upTo: size)
            write(client, Array(response.utf8))
        case .forward, .forwardAndReset, .cut, .edit:
            let body = read(client, upTo: size)
            guard body.count == size, let response = forward(seen.head, body, to: upstream) else { return }
            switch action {
            case .forwardAndReset: reset(client)
            case .cut(let count):
                write(client, Array(response.prefix(count)))
                // What was written is to arrive before the reset.
                usleep(50_000)
                reset(client)
            case .edit(let edit): write(client, Array(edit(String(decoding: response, as: UTF8.self)).utf8))
            default: write(client, response)
            }
        }
    }

    private static func forward(_ head: String, _ body: [UInt8], to upstream: Int) -> [UInt8]? {
        let store = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        defer { close(store) }
        let address = loopback(port: upstream)
        let isConnected = withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(store, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        guard isConnected, let end = head.firstRange(of: "\r\n") else { return nil }
        write(store, Array((head[..<end.upperBound] + "Connection: close\r\n" + head[end.upperBound...]).utf8) + body)
        return read(store, upTo: .max)
    }

    private static func loopback(port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        return address
    }

    private static func readHead(_ socket: Int32) -> String? {
        var head: [UInt8] = []
        var byte: UInt8 = 0
        while !head.suffix(4).elementsEqual("\r\n\r\n".utf8) {
            guard head.count < 64 << 10, recv(socket, &byte, 1, 0) == 1 else { return nil }
            head.append(byte)
        }
        return String(decoding: head, as: UTF8.self)
    }

    private static func read(_ socket: Int32, upTo limit: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while bytes.count < limit {
            let count = recv(socket, &buffer, min(buffer.count, limit - bytes.count), 0)
            guard count > 0 else { break }
            bytes += buffer[..<count]
        }
        return bytes
    }

    private static func write(_ socket: Int32, _ bytes: [UInt8]) {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes { rest in
                send(socket, rest.baseAddress.map { $0 + sent }, bytes.count - sent, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return }
            sent += count
        }
    }

    /// Makes the coming close a reset.
    private static func reset(_ socket: Int32) {
        var now = linger(l_onoff: 1, l_linger: 0)
        setsockopt(socket, SOL_SOCKET, SO_LINGER, &now, socklen_t(MemoryLayout<linger>.size))
    }
}

extension FaultProxy.Action {
    /// A response of S3 with an error document.
    static func error(_ status: Int, _ code: String, fields: String = "", message: String = "said on purpose") -> Self {
        let body = "<?xml version=\"1.0\"?>\n<Error><Code>\(code)</Code><Message>\(message)</Message></Error>"
        return .answer(
            "HTTP/1.1 \(status) X\r\nContent-Type: application/xml\r\nContent-Length: \(body.utf8.count)\r\n\(fields)Connection: close\r\n\r\n\(body)"
        )
    }
}
