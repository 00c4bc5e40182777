import Dispatch
import Glibc
import Synchronization

/// The addresses behind the host of a URL.
package enum HostAddresses {
    /// Each address as text; nil when the name is unknown, or not answered within `limit`.
    package static func find(_ host: String, within limit: Duration = .seconds(10)) -> Set<String>? {
        let answer = Answer()
        let done = DispatchSemaphore(value: 0)
        // getaddrinfo knows no deadline: a resolver that hangs is left behind.
        let thread = try? WorkerThread {
            let found = resolve(host)
            answer.addresses.withLock { $0 = found }
            done.signal()
        }
        guard let thread else { return nil }
        thread.detach()
        let nanoseconds = Int(limit.components.seconds) * 1_000_000_000
        guard done.wait(timeout: .now() + .nanoseconds(nanoseconds)) == .success else { return nil }
        return answer.addresses.withLock { $0 }
    }

    private final class Answer: Sendable {
        let addresses = Mutex<Set<String>?>(nil)
    }

    private static func resolve(_ host: String) -> Set<String>? {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var first: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, nil, &hints, &first) == 0 else { return nil }
        defer { freeaddrinfo(first) }
        var found: Set<String> = []
        var next = first
        while let entry = next {
            var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
            let size = socklen_t(text.count)
            if getnameinfo(entry.pointee.ai_addr, entry.pointee.ai_addrlen, &text, size, nil, 0, NI_NUMERICHOST) == 0 {
                found.insert(String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self))
            }
            next = entry.pointee.ai_next
        }
        return found
    }
}
