import Dispatch
import Glibc
import HTTP
import KubernetesClient
import Synchronization

/// An API server that answers from a script, over HTTP/1.1 and one request to a connection: for answers that a real one
/// gives only while it fails.
final class APIServerScript: Sendable {
    private let listener: Int32
    private let port: UInt16
    private let answer: @Sendable (_ target: String, _ number: Int) -> (status: Int, body: String)
    private let seen = Mutex<[String]>([])

    /// The paths and queries asked for.
    var targets: [String] { seen.withLock { $0 } }

    /// `number` counts the requests from 1.
    init(_ answer: @escaping @Sendable (_ target: String, _ number: Int) -> (status: Int, body: String)) throws {
        self.answer = answer
        (listener, port) = try listeningSocket()
        DispatchQueue(label: "api-server-script").async { [weak self, listener] in
            while true {
                let connection = accept(listener, nil, nil)
                guard connection >= 0 else { return }
                self?.serve(connection)
                close(connection)
            }
        }
    }

    deinit {
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
    }

    var client: KubernetesClient {
        get throws { try Self.client(port: port) }
    }

    static func client(port: UInt16) throws -> KubernetesClient {
        try KubernetesClient(ClientConfiguration(server: "http://127.0.0.1:\(port)", proxy: .none))
    }

    private func serve(_ connection: Int32) {
        var limit = timeval(tv_sec: 10, tv_usec: 0)
        setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var head: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while head.firstRange(of: Array("\r\n\r\n".utf8)) == nil {
            let count = recv(connection, &buffer, buffer.count, 0)
            guard count > 0, head.count < 1 << 16 else { return }
            head += buffer[..<count]
        }
        let target =
            String(decoding: head, as: UTF8.self).split(separator: " ").dropFirst().first.map(String.init) ?? ""
        let number = seen.withLock { seen in
            seen.append(target)
            return seen.count
        }
        let (status, body) = answer(target, number)
        let text = """
            HTTP/1.1 \(status) Said\r
            Content-Type: application/json\r
            Content-Length: \(body.utf8.count)\r
            Connection: close\r
            \r
            \(body)
            """
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let sent = rest.withUnsafeBytes { send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard sent > 0 else { return }
            rest = rest.dropFirst(sent)
        }
    }
}

struct SocketFailure: Error { var code = errno }

/// A listening socket on a free port of 127.0.0.1, and its port.
func listeningSocket() throws -> (descriptor: Int32, port: UInt16) {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = withUnsafeMutablePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
            bind(descriptor, address, length) == 0 && listen(descriptor, 16) == 0
                && getsockname(descriptor, address, &length) == 0
        }
    }
    guard isBound else { throw SocketFailure() }
    return (descriptor, UInt16(bigEndian: address.sin_port))
}
