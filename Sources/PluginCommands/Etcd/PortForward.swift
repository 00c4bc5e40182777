import Subprocess
import Synchronization

/// One `kubectl port-forward` to a port of a pod.
///
/// kubectl speaks the streaming protocol of every API server version, through every proxy and credential plugin that the
/// user's kubectl works with.
struct PortForward: Sendable {
    /// kubectl's name or path.
    var kubectl: String
    /// Which cluster, namespace and user, in kubectl's flags.
    var flags: [String]
    var pod: String
    var port: UInt16

    /// What becomes of it, for those who wait.
    final class State: Sendable {
        enum Start: Sendable {
            case port(UInt16)
            case failed(String)
        }

        private struct Content {
            var start: Start?
            var waiting: [CheckedContinuation<Start, Never>] = []
            var lastWords = ""
        }

        private let content = Mutex(Content())

        /// The local port, or why there is none.
        var start: Start {
            get async {
                await withCheckedContinuation { waiter in
                    let known = content.withLock { content in
                        if content.start == nil { content.waiting.append(waiter) }
                        return content.start
                    }
                    if let known { waiter.resume(returning: known) }
                }
            }
        }

        /// The latest complaint of kubectl, at most 500 characters; empty when there is none.
        var complaint: String { content.withLock { $0.lastWords } }

        /// The first call counts.
        func settle(_ start: Start) {
            let waiting = content.withLock { content -> [CheckedContinuation<Start, Never>] in
                guard content.start == nil else { return [] }
                content.start = start
                defer { content.waiting = [] }
                return content.waiting
            }
            for waiter in waiting { waiter.resume(returning: start) }
        }

        func complain(_ line: String) {
            content.withLock { $0.lastWords = String(line.prefix(500)) }
        }
    }

    /// Forwards until cancelled, or until kubectl gives up. Tells `state` how it goes.
    func run(telling state: State) async {
        var platform = PlatformOptions()
        // Ctrl-C is for us: kubectl ends when we no longer need it.
        platform.processGroupID = 0
        platform.teardownSequence = [
            .send(signal: .terminate, toProcessGroup: true, allowedDurationToNextStep: .seconds(1))
        ]
        let words = ["port-forward"] + flags + ["--address", "127.0.0.1", "pod/\(pod)", ":\(port)"]
        let configuration = Configuration(
            executable: kubectl.contains("/") ? .path(literal(kubectl)) : .name(kubectl),
            arguments: Arguments(words), platformOptions: platform)
        do {
            _ = try await Subprocess.run(
                configuration, input: .none, output: .sequence, error: .combinedWithOutput
            ) { execution in
                var reader = ForwardOutput()
                for try await part in execution.standardOutput {
                    part.withUnsafeBytes { bytes in
                        for line in reader.lines(in: bytes) {
                            switch line {
                            case .listening(let port): state.settle(.port(port))
                            case .connection: break
                            case .other(let text): state.complain(text)
                            }
                        }
                    }
                }
            }
            state.settle(.failed(state.complaint.isEmpty ? "kubectl port-forward ended at once" : state.complaint))
        } catch let error as SubprocessError where error.code == .executableNotFound {
            state.settle(.failed("\(kubectl) was not found; put kubectl on the PATH or its path into KUBECTL"))
        } catch {
            state.settle(.failed(state.complaint.isEmpty ? "kubectl port-forward: \(error)" : state.complaint))
        }
    }
}

/// kubectl's output, cut into lines that mean something.
struct ForwardOutput {
    enum Line: Hashable {
        case listening(UInt16)
        case connection
        case other(String)
    }

    private var rest: [UInt8] = []

    /// A line without an end within 8 KiB is cut there.
    mutating func lines(in bytes: UnsafeRawBufferPointer) -> [Line] {
        var lines: [Line] = []
        for byte in bytes {
            if byte == UInt8(ascii: "\n") || rest.count == 8 << 10 {
                let text = String(decoding: rest, as: UTF8.self).trimmingSpaces()
                if !text.isEmpty { lines.append(Self.line(text)) }
                rest = []
            }
            if byte != UInt8(ascii: "\n") { rest.append(byte) }
        }
        return lines
    }

    /// `Forwarding from 127.0.0.1:41231 -> 2379`
    private static func line(_ text: String) -> Line {
        if text.hasPrefix("Handling connection") { return .connection }
        let from = "Forwarding from 127.0.0.1:"
        if text.hasPrefix(from), let port = UInt16(text.dropFirst(from.count).prefix { $0.isNumber }) {
            return .listening(port)
        }
        let complaint = "error: "
        return .other(text.hasPrefix(complaint) ? String(text.dropFirst(complaint.count)) : text)
    }
}

/// A value of a type of another module, which this one does not import, from a string known at run time only.
private func literal<Value: ExpressibleByStringLiteral>(_ text: String) -> Value
where Value.StringLiteralType == String {
    Value(stringLiteral: text)
}
