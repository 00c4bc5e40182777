import Glibc

/// Where a command writes: data to one descriptor, everything meant for a person to another.
struct Console: Sendable {
    enum Stream: Sendable { case output, diagnostics }

    var output: Int32 = STDOUT_FILENO
    var diagnostics: Int32 = STDERR_FILENO
    var color = ColorChoice.auto

    /// Writes all of `text` to the output. A reader that has gone (`| head`) is no error: the rest is dropped, and the
    /// command's own outcome stands. Throws when the text could not be stored, as on a full disk.
    func print(_ text: String) throws(CommandFailure) {
        var line = text.hasSuffix("\n") ? text : text + "\n"
        let failure = line.withUTF8 { write(UnsafeRawBufferPointer($0), to: output) }
        try check(failure)
    }

    /// Writes all of `bytes` to the output as they are; as `print` in all else.
    func print(raw bytes: UnsafeRawBufferPointer) throws(CommandFailure) {
        try check(write(bytes, to: output))
    }

    private func check(_ failure: Int32) throws(CommandFailure) {
        if failure != 0, failure != EPIPE {
            throw CommandFailure("cannot write the output: \(String(cString: strerror(failure)))")
        }
    }

    /// Writes a line for a person. Failures are dropped: there is nobody left to tell.
    func note(_ text: String) {
        _ = write(text + "\n", to: diagnostics)
    }

    func error(_ text: String) { note(style(.diagnostics).paint("error:", .red) + " " + text) }
    func warning(_ text: String) { note(style(.diagnostics).paint("warning:", .yellow) + " " + text) }

    /// Without a line's end, for a line that is drawn again and again.
    func draw(_ text: String) {
        _ = write(text, to: diagnostics)
    }

    func isTerminal(_ stream: Stream) -> Bool {
        isatty(stream == .output ? output : diagnostics) == 1
    }

    func style(_ stream: Stream) -> Style {
        switch color {
        case .always: Style(isOn: true)
        case .never: Style(isOn: false)
        case .auto:
            Style(isOn: isTerminal(stream) && variable("NO_COLOR").isEmpty && variable("TERM") != "dumb")
        }
    }

    private func variable(_ name: String) -> String {
        getenv(name).map { String(cString: $0) } ?? ""
    }

    /// The `errno` that stopped it, or 0.
    private func write(_ text: String, to descriptor: Int32) -> Int32 {
        var text = text
        return text.withUTF8 { write(UnsafeRawBufferPointer($0), to: descriptor) }
    }

    private func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Int32 {
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = Glibc.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
            if written >= 0 {
                rest = rest.dropFirst(written)
            } else if errno == EAGAIN {
                var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                poll(&ready, 1, 1000)
            } else if errno != EINTR {
                return errno
            }
        }
        return 0
    }
}
