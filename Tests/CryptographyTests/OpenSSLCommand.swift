import Glibc
import Testing

/// A scratch directory in which `openssl`, the command, checks what the module makes and makes what it reads.
struct Workbench: ~Copyable {
    let path: String

    init() throws {
        var template = Array("/tmp/cryptography-tests-XXXXXX".utf8CString)
        path = String(cString: try #require(mkdtemp(&template)))
    }

    deinit { _ = system("rm -rf '\(path)'") }

    func write(_ text: String, to name: String) throws {
        let file = try #require(fopen("\(path)/\(name)", "w"))
        defer { fclose(file) }
        fputs(text, file)
    }

    func write(_ bytes: [UInt8], to name: String) throws {
        let file = try #require(fopen("\(path)/\(name)", "w"))
        defer { fclose(file) }
        try #require(fwrite(bytes, 1, bytes.count, file) == bytes.count)
    }

    func read(_ name: String) throws -> [UInt8] {
        try Self.contents(try #require(fopen("\(path)/\(name)", "r")), close: fclose).bytes
    }

    /// Runs `command` in the directory with a shell. Both of its outputs together.
    @discardableResult
    func run(_ command: String, expecting status: Int32 = 0) throws -> String {
        let pipe = try #require(popen("cd '\(path)' && ( \(command) ) 2>&1", "r"))
        let result = try Self.contents(pipe, close: pclose)
        let output = String(decoding: result.bytes, as: UTF8.self)
        try #require((result.status >> 8) & 0xff == status, "\(command): \(output)")
        return output
    }

    private static func contents(
        _ file: UnsafeMutablePointer<FILE>, close: (UnsafeMutablePointer<FILE>) -> Int32
    ) throws -> (bytes: [UInt8], status: Int32) {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while case let count = fread(&chunk, 1, chunk.count, file), count > 0 { bytes += chunk.prefix(count) }
        return (bytes, close(file))
    }
}
