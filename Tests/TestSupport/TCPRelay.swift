import Glibc
import Synchronization

/// Passes TCP on to a port of 127.0.0.1, until so many bytes of a connection have come back. Then it cuts the connection,
/// or holds it: open, and silent.
package final class TCPRelay: Sendable {
    package enum Ending: Sendable {
        case cut, hold
    }

    package let port: Int
    private let listener: Int32
    private let target: Int
    private let limit: Int
    private let ending: Ending
    private let state = Mutex(State())

    private struct State {
        var ended = false
        var bytesPerSecond: Int?
        /// Of connections that are held.
        var held: [Int32] = []
        /// Of connections that are relayed.
        var open: Set<Int32> = []
        var stopped = false
    }

    /// Whether a connection has come to its limit.
    package var hasEnded: Bool { state.withLock(\.ended) }

    /// How fast a connection's bytes come back at most; nil: as fast as they come.
    package var bytesPerSecond: Int? {
        get { state.withLock(\.bytesPerSecond) }
        set { state.withLock { $0.bytesPerSecond = newValue } }
    }

    /// `address` is this machine's that is listened on.
    package init(to target: Int, after limit: Int, _ ending: Ending, on address: String = "127.0.0.1") throws {
        (self.target, self.limit, self.ending) = (target, limit, ending)
        let listener = try Self.socket()
        self.listener = listener
        var place = Self.loopback(port: 0)
        guard inet_pton(AF_INET, address, &place.sin_addr) == 1 else { throw MissingPart("no address: \(address)") }
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &place) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, length) == 0 && listen(listener, 16) == 0 && getsockname(listener, $0, &length) == 0
            }
        }
        guard isBound else { throw MissingPart("no port for a relay: errno \(errno)") }
        port = Int(UInt16(bigEndian: place.sin_port))
        startThread { [weak self] in
            while true {
                let near = accept(listener, nil, nil)
                guard near >= 0 else { break }
                _ = fcntl(near, F_SETFD, FD_CLOEXEC)
                startThread { [weak self] in self?.serve(near) }
            }
            // Here and not in deinit: the number must not name another socket while this thread uses it.
            close(listener)
        }
    }

    deinit {
        shutdown(listener, Int32(SHUT_RDWR))
        for descriptor in state.withLock(\.held) { close(descriptor) }
    }

    /// Ends every connection, and takes no other: from now on nobody is there.
    package func stop() {
        shutdown(listener, Int32(SHUT_RDWR))
        state.withLock { state in
            state.stopped = true
            for descriptor in state.open { shutdown(descriptor, Int32(SHUT_RDWR)) }
        }
    }

    private func serve(_ near: Int32) {
        guard let far = try? Self.socket() else { return }
        let isStopped = state.withLock { state in
            if !state.stopped { state.open.formUnion([near, far]) }
            return state.stopped
        }
        var address = Self.loopback(port: target)
        let isConnected =
            !isStopped
            && withUnsafeMutablePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    connect(far, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
                }
            }
        let isAtLimit = isConnected && relay(near, far)
        // Before they are closed: their numbers may soon be another's.
        state.withLock { $0.open.subtract([near, far]) }
        if isAtLimit, ending == .hold {
            state.withLock {
                $0.ended = true
                $0.held += [near, far]
            }
            return
        }
        for descriptor in [near, far] {
            shutdown(descriptor, Int32(SHUT_RDWR))
            close(descriptor)
        }
        if isAtLimit { state.withLock { $0.ended = true } }
    }

    /// Whether the limit ended it.
    private func relay(_ near: Int32, _ far: Int32) -> Bool {
        var ends = [near, far].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        var buffer = [UInt8](repeating: 0, count: 16 << 10)
        var left = limit
        while poll(&ends, 2, 60_000) > 0 {
            if ends[0].revents != 0 {
                let count = recv(near, &buffer, buffer.count, 0)
                guard count > 0, Self.send(buffer[..<count], to: far) else { return false }
            }
            if ends[1].revents != 0 {
                let count = recv(far, &buffer, min(buffer.count, left), 0)
                guard count > 0, Self.send(buffer[..<count], to: near) else { return false }
                left -= count
                if let rate = bytesPerSecond { usleep(UInt32(count * 1_000_000 / rate)) }
                if left == 0 { return true }
            }
        }
        return false
    }

    private static func socket() throws -> Int32 {
        let descriptor = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw MissingPart("socket: errno \(errno)") }
        return descriptor
    }

    private static func loopback(port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return address
    }

    private static func send(_ bytes: ArraySlice<UInt8>, to descriptor: Int32) -> Bool {
        var rest = bytes
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }
}
