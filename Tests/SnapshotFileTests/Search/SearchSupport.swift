@testable import SnapshotFile

/// Lends `array` as if it lay in a file.
func withBytes<Result>(_ array: [UInt8], _ body: (Bytes) throws -> Result) rethrows -> Result {
    try array.withUnsafeBytes { buffer in
        try body(buffer.baseAddress.map { Bytes(start: $0, count: buffer.count) } ?? .empty)
    }
}

func withBytes<Result>(_ text: String, _ body: (Bytes) throws -> Result) rethrows -> Result {
    try withBytes(Array(text.utf8), body)
}

/// A built-in object of Kubernetes as the API server stores it: the magic bytes and `runtime.Unknown` with type and raw
/// object.
func protobufObject(apiVersion: String, kind: String, raw: [UInt8] = []) -> [UInt8] {
    func field(_ number: UInt8, _ content: [UInt8]) -> [UInt8] {
        var count = content.count
        var length: [UInt8] = []
        repeat {
            length.append(UInt8(count & 0x7F) | (count > 0x7F ? 0x80 : 0))
            count >>= 7
        } while count > 0
        return [number << 3 | 2] + length + content
    }
    let type = field(1, Array(apiVersion.utf8)) + field(2, Array(kind.utf8))
    return Array("k8s\u{0}".utf8) + field(1, type) + field(2, raw) + field(3, []) + field(4, [])
}
