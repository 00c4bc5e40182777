import Glibc
import Synchronization
import TestSupport

/// Passes TCP on to another port of 127.0.0.1, until told to drop what is open.
final class Relay: Sendable {
    let port: UInt16
    private let listener: Int32
    private let open = Mutex<Set<Int32>>([])
    private let accepted = Mutex(0)

    /// Connections made so far.
    var connections: Int { accepted.withLock { $0 } }

    init(to target: UInt16) throws {
        (listener, port) = try listeningSocket()
        startThread { [listener] in
            while true {
                let near = acceptedSocket(listener)
                guard near >= 0 else { return }
                startThread { [weak self] in self?.join(near, target) }
            }
        }
    }

    deinit {
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
        dropAll()
    }

    func dropAll() {
        for descriptor in open.withLock({ $0 }) { shutdown(descriptor, Int32(SHUT_RDWR)) }
    }

    private func join(_ near: Int32, _ target: UInt16) {
        guard let far = try? connectedSocket(port: target) else {
            close(near)
            return
        }
        open.withLock { $0.formUnion([near, far]) }
        accepted.withLock { $0 += 1 }
        startThread { [weak self] in
            pump(from: far, to: near)
            self?.finish(near, far)
        }
        pump(from: near, to: far)
    }

    private func finish(_ near: Int32, _ far: Int32) {
        open.withLock { $0.subtract([near, far]) }
        close(near)
        close(far)
    }
}

/// Copies until either side ends, then ends both.
private func pump(from source: Int32, to sink: Int32) {
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    while true {
        let count = recv(source, &buffer, buffer.count, 0)
        guard count > 0, sendAll(buffer[..<count], to: sink) else { break }
    }
    shutdown(source, Int32(SHUT_RDWR))
    shutdown(sink, Int32(SHUT_RDWR))
}
