import Dispatch
import Glibc
import Testing

/// A TCP connection to 127.0.0.1 that says exactly what it is told to say. Its calls block a thread of their own.
final class Socket: Sendable {
    private let descriptor: Int32
    // Queues of its own, since blocking calls would use up the threads that the shared ones have.
    private let sending = DispatchQueue(label: "sending")
    private let receiving = DispatchQueue(label: "receiving")

    init(port: Int, patience: Int = 60) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        waits(upTo: patience)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        try #require(result == 0, "connect: \(String(cString: strerror(errno)))")
    }

    deinit { close(descriptor) }

    /// In seconds, for each call from here on.
    func waits(upTo patience: Int) {
        var limit = timeval(tv_sec: patience, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    }

    /// What the peer no longer takes is lost.
    func send(_ bytes: [UInt8]) async {
        await blocking(sending) { [descriptor] in
            var rest = bytes[...]
            while !rest.isEmpty {
                let sent = rest.withUnsafeBytes {
                    Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                }
                guard sent > 0 else { return }
                rest = rest.dropFirst(sent)
            }
        }
    }

    func send(_ text: String) async { await send(Array(text.utf8)) }

    func finishSending() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// What arrives next; empty at the end, nil when nothing came in time.
    func receive() async -> [UInt8]? {
        await blocking(receiving) { [descriptor] in
            var chunk = [UInt8](repeating: 0, count: 65_536)
            let count = recv(descriptor, &chunk, chunk.count, 0)
            // A reset is an end too.
            return count < 0 && errno != ECONNRESET ? nil : Array(chunk.prefix(max(count, 0)))
        }
    }

    /// Everything up to the end of the connection; nil when it does not end.
    func receiveAll() async -> String? {
        var all: [UInt8] = []
        while let chunk = await receive() {
            if chunk.isEmpty { return String(decoding: all, as: UTF8.self) }
            all += chunk
        }
        return nil
    }

    /// One answer with its whole body.
    func answer() async -> Answer? {
        var all: [UInt8] = []
        while let chunk = await receive(), !chunk.isEmpty {
            all += chunk
            if let answer = Answer(all) { return answer }
        }
        return nil
    }

    private func blocking<Value: Sendable>(
        _ queue: DispatchQueue, _ work: @escaping @Sendable () -> Value
    ) async -> Value {
        await withCheckedContinuation { continuation in
            queue.async { continuation.resume(returning: work()) }
        }
    }
}

struct Answer: Equatable {
    var status: Int
    var headers: [String: String]
    var body: String

    /// Nil while something of it is missing.
    init?(_ bytes: [UInt8]) {
        let text = String(decoding: bytes, as: UTF8.self)
        guard let end = text.firstRange(of: "\r\n\r\n") else { return nil }
        let lines = text[..<end.lowerBound].split(separator: "\r\n")
        guard let status = lines.first?.split(separator: " ").dropFirst().first.flatMap({ Int($0) }) else { return nil }
        self.status = status
        headers = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            headers[parts[0].lowercased()] = parts[1].trimmingPrefix(" ").description
        }
        body = String(text[end.upperBound...])
        guard body.utf8.count == Int(headers["content-length"] ?? "0") else { return nil }
    }
}
