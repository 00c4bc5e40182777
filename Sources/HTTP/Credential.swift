import Glibc

/// Key material, a token or a password. It cannot be printed: every description of it reads "[redacted]".
///
/// Copies share one buffer, which is zeroed when the last of them goes. `reveal()` hands out an ordinary `String`, which
/// nothing zeroes: keep that one short-lived.
package struct SecretBytes: Sendable {
    private let storage: Storage

    package init(_ bytes: some Collection<UInt8>) {
        storage = Storage(bytes)
    }

    package init(_ text: String) {
        storage = Storage(text.utf8)
    }

    /// `secret` with `prefix` before it.
    init(_ prefix: String, followedBy secret: SecretBytes) {
        storage = Storage(byteCount: prefix.utf8.count + secret.count)
        storage.bytes.copyBytes(from: prefix.utf8)
        UnsafeMutableRawBufferPointer(rebasing: storage.bytes[prefix.utf8.count...]).copyBytes(
            from: secret.storage.bytes)
    }

    package var count: Int { storage.bytes.count }
    package var isEmpty: Bool { storage.bytes.isEmpty }

    package func withUnsafeBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
        try body(UnsafeRawBufferPointer(storage.bytes))
    }

    /// The secret as text, invalid UTF-8 replaced.
    package func reveal() -> String {
        String(decoding: storage.bytes, as: UTF8.self)
    }

    private final class Storage: Sendable {
        // Written before it is shared, and in deinit.
        nonisolated(unsafe) let bytes: UnsafeMutableRawBufferPointer

        init(byteCount: Int) {
            bytes = .allocate(byteCount: byteCount, alignment: 1)
        }

        convenience init(_ source: some Collection<UInt8>) {
            self.init(byteCount: source.count)
            bytes.copyBytes(from: source)
        }

        deinit {
            bytes.zero()
            bytes.deallocate()
        }
    }
}

extension SecretBytes: Equatable {
    /// Takes the same time wherever the two differ; only a difference in length shows.
    package static func == (left: SecretBytes, right: SecretBytes) -> Bool {
        guard left.count == right.count else { return false }
        return zip(left.storage.bytes, right.storage.bytes).reduce(0 as UInt8) { $0 | ($1.0 ^ $1.1) } == 0
    }
}

extension SecretBytes: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "[redacted]" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>()) }
}

extension UnsafeMutableRawBufferPointer {
    /// Overwrites with zeros, in a way no optimiser drops.
    func zero() {
        if let baseAddress { explicit_bzero(baseAddress, count) }
    }
}
