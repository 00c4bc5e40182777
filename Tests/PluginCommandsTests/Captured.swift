import FoundationEssentials
import Glibc
import Testing

@testable import PluginCommands

/// A console that writes into two files, which nobody else sees.
final class CapturedConsole {
    let console: Console
    private let files: [UnsafeMutablePointer<FILE>]

    init(color: ColorChoice = .never) throws {
        files = [try #require(tmpfile()), try #require(tmpfile())]
        console = Console(output: fileno(files[0]), diagnostics: fileno(files[1]), color: color)
    }

    var output: String { text(of: files[0]) }
    var diagnostics: String { text(of: files[1]) }

    private func text(of file: UnsafeMutablePointer<FILE>) -> String {
        var bytes = [UInt8](repeating: 0, count: 1 << 20)
        let count = pread(fileno(file), &bytes, bytes.count, 0)
        return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    }

    deinit {
        for file in files { fclose(file) }
    }
}

/// A directory that is gone afterwards.
func withDirectory<Result>(_ body: (String) async throws -> Result) async throws -> Result {
    var template = Array("/tmp/etcdrecover-test-XXXXXX".utf8CString)
    try #require(mkdtemp(&template) != nil)
    let path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try await body(path)
}

func write(_ text: String, to path: String) throws {
    try write(Array(text.utf8), to: path)
}

func write(_ bytes: [UInt8], to path: String) throws {
    let file = try #require(fopen(path, "w"))
    defer { fclose(file) }
    try #require(fwrite(bytes, 1, bytes.count, file) == bytes.count)
}
