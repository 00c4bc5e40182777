import FoundationEssentials
import Glibc
import HTTP
import ObjectStore

/// Moves bytes to and from S3 in a process of its own, so that it can be killed, timed and measured:
///
///     StoreProbe put ENDPOINT BUCKET KEY BYTES [HANG-AFTER-BYTES]
///     StoreProbe get ENDPOINT BUCKET KEY FILE
///
/// Credentials come from the environment. Prints `hanging` when it hangs, at the end the seconds and the peak of resident
/// memory in KiB.
@main
struct StoreProbe {
    static func main() async throws {
        let arguments = CommandLine.arguments
        guard arguments.count >= 6 else { fatalError("StoreProbe put|get ENDPOINT BUCKET KEY BYTES|FILE") }
        let http = try HTTPClient(.init(proxy: .none, version: .http1))
        let ambient = AmbientAWSCredentials(CredentialEnvironment(http: http, local: http), region: nil)
        let store = ObjectStore(
            S3Backend(
                S3Location(bucket: arguments[3], endpoint: arguments[2]), http: http,
                credentials: CredentialCache { try await ambient.fetch() }))
        let key = try ObjectKey(arguments[4])
        let start = ContinuousClock.now
        switch arguments[1] {
        case "put":
            let length = Int64(arguments[5]) ?? 0
            let source = Zeros(count: length, hangsAfter: arguments.count > 6 ? Int64(arguments[6]) : nil)
            _ = try await store.put(source, at: key, length: length) { _ in ObjectMetadata() }
        default:
            try await store.download(key, to: arguments[5])
        }
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let peak = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }?.filter(\.isNumber) ?? "?"
        print("\(seconds) \(peak)")
    }
}

private struct Zeros: AsyncSequence, Sendable {
    typealias Element = [UInt8]
    typealias Failure = any Error

    let count: Int64
    let hangsAfter: Int64?

    struct Iterator: AsyncIteratorProtocol {
        let source: Zeros
        var given: Int64 = 0

        mutating func next() async throws -> [UInt8]? {
            if let limit = source.hangsAfter, given >= limit {
                // Past any buffer.
                _ = write(1, "hanging\n", 8)
                try await Task.sleep(for: .seconds(3600))
            }
            let size = Swift.min(256 << 10, source.count - given)
            guard size > 0 else { return nil }
            given += size
            return [UInt8](repeating: UInt8(truncatingIfNeeded: given >> 18), count: Int(size))
        }
    }

    func makeAsyncIterator() -> Iterator { Iterator(source: self) }
}
