import Glibc
import HTTP

/// Asks a person on the terminal, whatever the standard streams are.
enum TerminalPrompt {
    /// What is typed is not shown. Throws when there is no terminal, and `CancellationError` on Ctrl-C.
    static func password(_ question: String, device: String = "/dev/tty") throws -> SecretBytes {
        let terminal = open(device, O_RDWR | O_CLOEXEC | O_NOCTTY)
        guard terminal >= 0 else {
            throw CommandFailure(
                "there is no terminal to ask for the password on", hint: "give ETCDCTL_PASSWORD or --password-file",
                status: .usage)
        }
        defer { close(terminal) }
        var before = termios()
        guard tcgetattr(terminal, &before) == 0 else {
            throw CommandFailure("cannot hide a password on \(device): \(String(cString: strerror(errno)))")
        }
        // Keys that would end or stop the process arrive as characters, so that the echo always comes back.
        var hidden = before
        hidden.c_lflag &= ~tcflag_t(ECHO | ICANON | ISIG)
        tcsetattr(terminal, TCSAFLUSH, &hidden)
        defer {
            tcsetattr(terminal, TCSAFLUSH, &before)
            write("\n", to: terminal)
        }
        write(question.printable(), to: terminal)
        return try SecretBytes(readLine(terminal))
    }

    /// Whether the answer is yes. Throws when there is no terminal to ask on.
    static func confirms(_ question: String, device: String = "/dev/tty") throws -> Bool {
        let terminal = open(device, O_RDWR | O_CLOEXEC | O_NOCTTY)
        guard terminal >= 0 else {
            throw CommandFailure(
                "there is no terminal to ask on", hint: "look with --dry-run, then give --yes", status: .usage)
        }
        defer { close(terminal) }
        write(question.printable(), to: terminal)
        var answer = [UInt8](repeating: 0, count: 64)
        let count = read(terminal, &answer, answer.count)
        let word = String(decoding: answer.prefix(max(0, count)).filter { $0 > 0x20 }, as: UTF8.self).lowercased()
        return word == "y" || word == "yes"
    }

    /// A line that is typed, without blanks around it. Throws when there is no terminal to ask on.
    static func answer(to question: String, without: String, device: String = "/dev/tty") throws -> String {
        let terminal = open(device, O_RDWR | O_CLOEXEC | O_NOCTTY)
        guard terminal >= 0 else {
            throw CommandFailure("there is no terminal to ask on", hint: without, status: .usage)
        }
        defer { close(terminal) }
        write(question.printable(keepsLayout: true), to: terminal)
        var answer = [UInt8](repeating: 0, count: 1024)
        let count = read(terminal, &answer, answer.count)
        return String(decoding: answer.prefix(max(0, count)).filter { $0 > 0x20 }, as: UTF8.self)
    }

    private static func readLine(_ terminal: Int32) throws -> [UInt8] {
        var line: [UInt8] = []
        var byte: UInt8 = 0
        while true {
            let count = read(terminal, &byte, 1)
            if count < 0, errno == EINTR { continue }
            guard count == 1 else { throw CommandFailure("the terminal ended before a password was typed") }
            switch byte {
            case UInt8(ascii: "\n"), UInt8(ascii: "\r"): return line
            case 3: throw CancellationError()
            case 4 where line.isEmpty: throw CancellationError()
            case 8, 127:
                // A character may be several bytes.
                while let last = line.popLast(), last & 0xC0 == 0x80 {}
            case 21: line = []
            case ..<32: break
            default:
                guard line.count < 4096 else { throw CommandFailure("the password is longer than 4096 bytes") }
                line.append(byte)
            }
        }
    }

    private static func write(_ text: String, to terminal: Int32) {
        let bytes = Array(text.utf8)
        _ = Glibc.write(terminal, bytes, bytes.count)
    }
}
