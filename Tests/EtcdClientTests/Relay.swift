import Glibc
import Synchronization
import TestSupport

/// Passes TCP on to a port of 127.0.0.1, and cuts every connection after so many bytes of what comes back.
final class Relay: Sendable {
    let port: Int
    private let listener: Int32
    private let target: Int
    private let limit: Int
    private let passed = Mutex(0)

    /// Bytes that came back on the newest connection.
    var bytesReturned: Int { passed.withLock { $0 } }
    var url: String { "http://127.0.0.1:\(port)" }

    init(to target: Int, cuttingAfter limit: Int = .max) throws {
        listener = try socket()
        self.target = target
        self.limit = limit
        var address = loopback(port: 0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let listener = listener
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, length) == 0 && listen(listener, 16) == 0 && getsockname(listener, $0, &length) == 0
            }
        }
        guard isBound else { throw MissingPart("no port for a relay: errno \(errno)") }
        port = Int(UInt16(bigEndian: address.sin_port))
        startThread { [weak self] in
            while true {
                let near = accept(listener, nil, nil)
                guard near >= 0 else { break }
                startThread { [weak self] in self?.join(near) }
            }
            // Here and not in deinit: the number must not name another socket while this thread uses it.
            close(listener)
        }
    }

    /// Whether somebody listens.
    static func isOpen(_ port: Int) throws -> Bool {
        let descriptor = try socket()
        defer { close(descriptor) }
        return try isConnected(descriptor, to: port)
    }

    deinit {
        shutdown(listener, Int32(SHUT_RDWR))
    }

    private func join(_ near: Int32) {
        guard let far = try? socket() else { return }
        passed.withLock { $0 = 0 }
        if (try? isConnected(far, to: target)) == true { relay(near, far) }
        // A process started meanwhile may have inherited them.
        for descriptor in [near, far] {
            shutdown(descriptor, Int32(SHUT_RDWR))
            close(descriptor)
        }
    }

    private func relay(_ near: Int32, _ far: Int32) {
        var ends = [near, far].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        var buffer = [UInt8](repeating: 0, count: 16 << 10)
        var left = limit
        while left > 0, poll(&ends, 2, 60_000) > 0 {
            if ends[0].revents != 0 {
                let count = recv(near, &buffer, buffer.count, 0)
                guard count > 0, sendAll(buffer[..<count], to: far) else { return }
            }
            if ends[1].revents != 0 {
                let count = recv(far, &buffer, min(buffer.count, left), 0)
                guard count > 0, sendAll(buffer[..<count], to: near) else { return }
                left -= count
                passed.withLock { $0 += count }
            }
        }
    }
}

private func socket() throws -> Int32 {
    let descriptor = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw MissingPart("socket: errno \(errno)") }
    return descriptor
}

private func isConnected(_ descriptor: Int32, to port: Int) throws -> Bool {
    var address = loopback(port: port)
    return withUnsafeMutablePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
        }
    }
}

private func loopback(port: Int) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    return address
}

private func sendAll(_ bytes: ArraySlice<UInt8>, to descriptor: Int32) -> Bool {
    var rest = bytes
    while !rest.isEmpty {
        let count = rest.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
        guard count > 0 else { return false }
        rest = rest.dropFirst(count)
    }
    return true
}

private func startThread(_ body: @escaping @Sendable () -> Void) {
    final class Work: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
    var thread = pthread_t()
    let work = Unmanaged.passRetained(Work(body)).toOpaque()
    pthread_create(
        &thread, nil,
        { argument in
            guard let argument else { return nil }
            Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().body()
            return nil
        }, work)
    pthread_detach(thread)
}
