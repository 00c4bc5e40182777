import FoundationEssentials
import Glibc
package import Logging
import ServiceLifecycle

/// Serves a certificate from two files, and the next one when they change.
///
/// The files are read again and again rather than watched: a Secret volume changes by a renamed symbolic link two
/// directories up, which watching a file does not notice, and reading works on every file system.
package struct FileCertificates: Service {
    let certificatePath: String
    let keyPath: String
    let serving: ServingCertificates
    let interval: Duration
    let clocks: Clocks
    let logger: Logger

    package init(
        certificatePath: String, keyPath: String, serving: ServingCertificates, interval: Duration = .seconds(5),
        clocks: Clocks = .system(), logger: Logger
    ) {
        self.certificatePath = certificatePath
        self.keyPath = keyPath
        self.serving = serving
        self.interval = interval
        self.clocks = clocks
        self.logger = logger
    }

    /// Until graceful shutdown or cancellation.
    package func run() async throws {
        await cancelWhenGracefulShutdown {
            var intake = CertificateIntake(source: certificatePath, serving: serving, logger: logger)
            var latestFailure: FileReadingError?
            while !Task.isCancelled {
                do throws(FileReadingError) {
                    try look(&intake)
                    latestFailure = nil
                } catch {
                    if error != latestFailure { logger.error("certificate was not read: \(error)") }
                    latestFailure = error
                }
                do { try await clocks.pause(about: interval) } catch { return }
            }
        }
    }

    func look(_ intake: inout CertificateIntake) throws(FileReadingError) {
        // Both files are read until two readings agree, or the certificate may be of before a change and the key of
        // after it.
        var pair = try read()
        for _ in 0..<3 {
            let again = try read()
            if again == pair { break }
            pair = again
        }
        intake.offer(chainPEM: pair[0], keyPEM: pair[1], now: clocks.now())
    }

    private func read() throws(FileReadingError) -> [[UInt8]] {
        [try readFile(certificatePath, limit: 1 << 20), try readFile(keyPath, limit: 1 << 20)]
    }
}

struct FileReadingError: Error, Equatable, CustomStringConvertible {
    let path: String
    let reason: String

    var description: String { "\(path): \(reason)" }
}

/// The whole file, if it has at most `limit` bytes.
func readFile(_ path: String, limit: Int) throws(FileReadingError) -> [UInt8] {
    // Without O_NONBLOCK a named pipe would keep us waiting for its writer.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw FileReadingError(path: path, reason: String(cString: strerror(errno))) }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 16_384)
    while true {
        let count = Glibc.read(descriptor, &chunk, chunk.count)
        if count < 0 && errno == EINTR { continue }
        guard count >= 0 else { throw FileReadingError(path: path, reason: String(cString: strerror(errno))) }
        if count == 0 { return bytes }
        bytes += chunk.prefix(count)
        guard bytes.count <= limit else {
            throw FileReadingError(path: path, reason: "is larger than the \(limit) bytes allowed")
        }
    }
}
