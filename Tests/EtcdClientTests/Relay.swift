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
        self.target = target
        self.limit = limit
        (listener, port) = try listeningSocket()
        let listener = listener
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
