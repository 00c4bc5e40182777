import Glibc

extension Peer {
    init?(connectingTo port: Int) {
        let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else {
            close(socket)
            return nil
        }
        self.init(socket: socket)
    }

    /// Passes bytes both ways until either side ends.
    func relay(with other: Peer) {
        defer { close(socket) }
        var ends = [self, other].map { pollfd(fd: $0.socket, events: Int16(POLLIN), revents: 0) }
        while poll(&ends, 2, 60_000) > 0 {
            for (end, (from, to)) in zip(ends, [(self, other), (other, self)]) where end.revents != 0 {
                let bytes = from.read()
                guard !bytes.isEmpty, to.write(bytes) else { return }
            }
        }
    }
}
