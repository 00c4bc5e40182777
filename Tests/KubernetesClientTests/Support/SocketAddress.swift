import Glibc

struct SocketFailure: Error {
    var call: String
    var code = errno
}

// No program that another test starts may inherit a socket: it would hold the connection open.

/// A listening socket on a free port of 127.0.0.1, and its port.
func listeningSocket() throws -> (descriptor: Int32, port: UInt16) {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw SocketFailure(call: "socket") }
    try withLoopback(port: 0) { address, length in
        guard bind(descriptor, address, length) == 0 else { throw SocketFailure(call: "bind") }
    }
    guard listen(descriptor, 64) == 0 else { throw SocketFailure(call: "listen") }
    var bound = sockaddr_in()
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let named = withUnsafeMutablePointer(to: &bound) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
    }
    guard named == 0 else { throw SocketFailure(call: "getsockname") }
    return (descriptor, UInt16(bigEndian: bound.sin_port))
}

func connectedSocket(port: UInt16) throws -> Int32 {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw SocketFailure(call: "socket") }
    try withLoopback(port: port) { address, length in
        guard connect(descriptor, address, length) == 0 else { throw SocketFailure(call: "connect") }
    }
    return descriptor
}

private func withLoopback(port: UInt16, _ body: (UnsafePointer<sockaddr>, socklen_t) throws -> Void) throws {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    try withUnsafePointer(to: &address) { pointer in
        try pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            try body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
    }
}

/// The next connection's socket, negative when the listener is closed.
func acceptedSocket(_ listener: Int32) -> Int32 {
    let descriptor = accept(listener, nil, nil)
    if descriptor >= 0 { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
    return descriptor
}

/// Sends all of it; false when the peer is gone.
func sendAll(_ bytes: some Collection<UInt8>, to descriptor: Int32) -> Bool {
    var rest = [UInt8](bytes)[...]
    while !rest.isEmpty {
        let sent = rest.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
        guard sent > 0 else { return false }
        rest = rest.dropFirst(sent)
    }
    return true
}

/// Closes with a reset instead of an orderly end.
func reset(_ descriptor: Int32) {
    var option = linger(l_onoff: 1, l_linger: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
    close(descriptor)
}
