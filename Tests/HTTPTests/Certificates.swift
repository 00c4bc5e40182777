import Foundation

@testable import HTTP

/// A certificate authority and leaves of several kinds, made by the `openssl` command once for all tests.
struct Certificates: Sendable {
    static let made = Task { try await onThread { try Certificates() } }

    let folder: String

    enum Leaf: String, CaseIterable {
        /// For 127.0.0.1 and server.test.
        case server
        /// For elsewhere.test.
        case elsewhere
        /// For 127.0.0.1, expired.
        case expired
        /// For a client, of the same authority.
        case client
        /// For a client, of another authority.
        case stranger
    }

    func path(_ name: String) -> String { "\(folder)/\(name).pem" }

    func read(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(filePath: path(name))))
    }

    func write(_ bytes: [UInt8], to name: String) throws {
        guard !FileManager.default.fileExists(atPath: path(name)) else { return }
        try Data(bytes).write(to: URL(filePath: path(name)), options: .atomic)
    }

    private init() throws {
        folder = NSTemporaryDirectory() + "http-tests-\(ProcessInfo.processInfo.processIdentifier)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        for authority in ["ca", "other-ca"] {
            try openssl(
                "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=\(authority)", authority
            )
        }
        try issue(.server, by: "ca", names: "IP:127.0.0.1,DNS:server.test")
        try issue(.elsewhere, by: "ca", names: "DNS:elsewhere.test")
        try issue(.expired, by: "ca", names: "IP:127.0.0.1", days: -1)
        try issue(.client, by: "ca", names: "DNS:client.test")
        try issue(.stranger, by: "other-ca", names: "DNS:client.test")
    }

    private func issue(_ leaf: Leaf, by authority: String, names: String, days: Int = 1) throws {
        let name = leaf.rawValue
        let request =
            "openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=\(name) -addext subjectAltName=\(names)"
        try ChildProcess.run(request.words + ["-keyout", path(name + "-key"), "-out", path(name + "-request")])
        let sign = "openssl x509 -req -days \(days) -copy_extensions copyall -CAcreateserial"
        try ChildProcess.run(
            sign.words + [
                "-in", path(name + "-request"), "-CA", path(authority), "-CAkey", path(authority + "-key"),
                "-out", path(name),
            ])
    }

    private func openssl(_ arguments: String, _ name: String) throws {
        try ChildProcess.run(["openssl"] + arguments.words + ["-keyout", path(name + "-key"), "-out", path(name)])
    }
}

extension String {
    fileprivate var words: [String] { split(separator: " ").map(String.init) }
}

/// Runs what blocks outside of the few threads that tasks share.
func onThread<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        do {
            try HTTP.Thread.start { continuation.resume(with: Result { try body() }) }
        } catch {
            continuation.resume(throwing: error)
        }
    }
}
