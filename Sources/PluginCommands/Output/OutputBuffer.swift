/// Output that is written in large parts as it comes, so that a long list is never held whole.
struct OutputBuffer {
    private static let part = 64 << 10

    private let console: Console
    private var text = ""

    init(_ console: Console) {
        self.console = console
        text.reserveCapacity(Self.part + 4096)
    }

    mutating func write(_ more: String) throws(CommandFailure) {
        text += more
        if text.utf8.count >= Self.part { try flush() }
    }

    mutating func flush() throws(CommandFailure) {
        guard !text.isEmpty else { return }
        let console = console
        let failure = text.withUTF8 { utf8 in
            Result { () throws(CommandFailure) in try console.print(raw: UnsafeRawBufferPointer(utf8)) }
        }
        try failure.get()
        text.removeAll(keepingCapacity: true)
    }
}
