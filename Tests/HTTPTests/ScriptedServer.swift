import Glibc
import Synchronization

@testable import HTTP

/// A TCP server on 127.0.0.1 that does to each connection what its script says, on a thread of its own: for what a sound
/// server never does.
final class ScriptedServer: Sendable {
    let port: Int
    private let listener: Int32
    private let accepted = Observed<Int>()

    /// Connections accepted so far.
    var connections: Int { accepted.current ?? 0 }
    var url: String { "http://127.0.0.1:\(port)/" }

    /// On a port of the system's choice unless one is given.
    init(on port: Int = 0, _ script: @escaping @Sendable (Peer) -> Void) throws {
        (listener, self.port) = try listen(on: port)
        let listener = listener
        try Thread.start { [accepted] in
            while true {
                let socket = accept(listener, nil, nil)
                guard socket >= 0 else { return }
                // A server process started meanwhile must not hold this connection open.
                _ = fcntl(socket, F_SETFD, FD_CLOEXEC)
                accepted.set((accepted.current ?? 0) + 1)
                try? Thread.start {
                    script(Peer(socket: socket))
                    close(socket)
                }
            }
        }
    }

    deinit {
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
    }
}

struct NoSocket: Error {
    let errno: Int32
}

/// A listening socket, on a port of the system's choice unless one is given.
private func listen(on port: Int = 0) throws -> (socket: Int32, port: Int) {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let result = withUnsafeMutablePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
            bind(listener, address, length) == 0 && Glibc.listen(listener, 512) == 0
                && getsockname(listener, address, &length) == 0
        }
    }
    guard result else {
        defer { close(listener) }
        throw NoSocket(errno: errno)
    }
    return (listener, Int(UInt16(bigEndian: address.sin_port)))
}

/// A port nobody listens on (any more), below those the system gives to sockets that name none, and never the same twice.
func unusedPort() throws -> Int {
    while true {
        let port = Int.random(in: 20_000..<32_000)
        guard givenPorts.withLock({ $0.insert(port).inserted }) else { continue }
        guard let (socket, _) = try? listen(on: port) else { continue }
        close(socket)
        return port
    }
}

/// Whether nobody has it, and whether it is ours to take.
func isFree(port: Int) -> Bool {
    guard let (socket, _) = try? listen(on: port) else { return false }
    close(socket)
    return true
}

private let givenPorts = Mutex<Set<Int>>([])

/// The server's end of a connection. Reads and writes give up after half a minute.
struct Peer: Sendable {
    let socket: Int32

    init(socket: Int32) {
        self.socket = socket
        var limit = timeval(tv_sec: 30, tv_usec: 0)
        setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    }

    /// Up to `count` bytes; empty at the end of the connection.
    func read(upTo count: Int = 65536) -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: count)
        let received = recv(socket, &buffer, count, 0)
        return Array(buffer.prefix(max(0, received)))
    }

    /// The request line and header fields.
    @discardableResult
    func readHead() -> String {
        var head: [UInt8] = []
        while !head.suffix(4).elementsEqual("\r\n\r\n".utf8) {
            let byte = read(upTo: 1)
            guard !byte.isEmpty else { break }
            head += byte
        }
        return String(decoding: head, as: UTF8.self)
    }

    /// False when the peer no longer takes it.
    @discardableResult
    func write(_ bytes: [UInt8]) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes { rest in
                send(socket, rest.baseAddress.map { $0 + sent }, bytes.count - sent, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }

    @discardableResult
    func write(_ text: String) -> Bool {
        write(Array(text.utf8))
    }

    /// Waits until the peer has closed; false after half a minute.
    func waitForClose() -> Bool {
        var byte: UInt8 = 0
        while true {
            let count = recv(socket, &byte, 1, 0)
            if count == 0 || (count < 0 && errno == ECONNRESET) { return true }
            guard count > 0 else { return false }
        }
    }

    /// The client has neither closed nor reset the connection; what it sent stays unread.
    var isOpen: Bool {
        var ends = pollfd(fd: socket, events: 0x2000 /* POLLRDHUP */, revents: 0)
        return poll(&ends, 1, 0) == 0
    }

    func pause(milliseconds: UInt32) {
        usleep(milliseconds * 1000)
    }

    /// Makes the coming close a reset.
    func resetOnClose() {
        var now = linger(l_onoff: 1, l_linger: 0)
        setsockopt(socket, SOL_SOCKET, SO_LINGER, &now, socklen_t(MemoryLayout<linger>.size))
    }
}

/// A value that one thread sets and a test awaits.
final class Observed<Value: Sendable>: Sendable {
    private let value = Mutex<Value?>(nil)

    func set(_ new: Value) {
        value.withLock { $0 = new }
    }

    var current: Value? { value.withLock { $0 } }

    /// The value, or `nil` if it was not set within `limit`.
    func wait(_ limit: Duration = .seconds(60)) async throws -> Value? {
        let start = ContinuousClock.now
        while current == nil, .now - start < limit { try await Task.sleep(for: .milliseconds(2)) }
        return current
    }
}
