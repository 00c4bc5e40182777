import COpenSSL

/// A buffer that OpenSSL reads from or writes to. OpenSSL wipes it when it is freed.
struct MemoryBIO: ~Copyable {
    let pointer: OpaquePointer

    /// An empty one, to write to.
    init() throws(CryptographyError) {
        pointer = try check(BIO_new(BIO_s_mem()), "allocating a buffer")
    }

    /// One that holds a copy of `bytes`, to read from.
    init(_ bytes: [UInt8]) throws(CryptographyError) {
        pointer = try Self.filled(bytes)
    }

    private static func filled(_ bytes: [UInt8]) throws(CryptographyError) -> OpaquePointer {
        let pointer = try check(BIO_new(BIO_s_mem()), "allocating a buffer")
        let written = bytes.isEmpty ? 0 : BIO_write(pointer, bytes, Int32(clamping: bytes.count))
        guard Int(written) == bytes.count else {
            BIO_free(pointer)
            throw .failed("filling a buffer", reason: ErrorQueue.drain())
        }
        return pointer
    }

    deinit { BIO_free(pointer) }

    /// Everything written so far.
    var text: String {
        var start: UnsafePointer<CChar>?
        let count = openssl_shims_memory(pointer, &start)
        guard let start, count > 0 else { return "" }
        return String(decoding: UnsafeRawBufferPointer(start: start, count: count), as: UTF8.self)
    }
}
