import Glibc
import Synchronization

/// Below the ports that the kernel gives to connections (32768 and up) and the node ports of Kubernetes (30000): a server may
/// take seconds to bind the port it was told, and no connection of another test must have it by then.
private let ports = 12000..<30000

/// The next candidate: each is handed out once in this process, and two processes hardly begin at the same one.
private let next = Mutex(Int(getpid()) * 61 % ports.count)

/// A TCP port of 127.0.0.1 that was free a moment ago.
package func freePort() throws -> Int {
    for _ in ports {
        let port = next.withLock { next in
            next = (next + 1) % ports.count
            return ports.lowerBound + next
        }
        if try isFree(port) { return port }
    }
    throw MissingPart("no free port in \(ports)")
}

private func isFree(_ port: Int) throws -> Bool { try withSocket(port) { bind($0, $1, $2) == 0 } }

/// Whether a server takes connections there.
package func isListening(_ port: Int) -> Bool {
    (try? withSocket(port) { connect($0, $1, $2) == 0 }) == true
}

private func withSocket(_ port: Int, _ body: (Int32, UnsafePointer<sockaddr>, socklen_t) -> Bool) throws -> Bool {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw MissingPart("socket: errno \(errno)") }
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    address.sin_port = UInt16(port).bigEndian
    return withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            body(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
    }
}
