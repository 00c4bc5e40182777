import Glibc
import Testing

@testable import PluginCommands

/// kubectl as a program that may be missing, refuse, or say nothing. With a real one: the end-to-end tests.
@Suite(.timeLimit(.minutes(1))) struct PortForwardTests {
    private func forward(_ kubectl: String) -> PortForward {
        PortForward(kubectl: kubectl, flags: ["--namespace", "db"], pod: "main-0", port: 2379)
    }

    private func script(_ text: String, in directory: String) throws -> String {
        let path = "\(directory)/kubectl"
        try write("#!/bin/sh\n\(text)\n", to: path)
        chmod(path, 0o755)
        return path
    }

    @Test func theLocalPortIsReadFromWhatKubectlPrints() async throws {
        try await withDirectory { directory in
            let kubectl = try script(
                #"echo "$@" >\#(directory)/arguments; echo $$ >\#(directory)/pid; echo 'Forwarding from 127.0.0.1:41231 -> 2379'; exec sleep 60"#,
                in: directory)
            let pid = try await PortForward.withAll([forward(kubectl)]) { started in
                guard case .port(41231)? = started.first?.start else {
                    Issue.record("\(started)")
                    return Int32(0)
                }
                #expect(
                    try String(decoding: FileBytes.read("\(directory)/arguments"), as: UTF8.self)
                        == "port-forward --namespace db --address 127.0.0.1 pod/main-0 :2379\n")
                return Int32(String(decoding: try FileBytes.read("\(directory)/pid"), as: UTF8.self).trimmingLineEnd())
                    ?? 0
            }
            // It ends with the work.
            #expect(pid > 0 && kill(pid, 0) != 0)
        }
    }

    @Test func oneThatFailsDoesNotKeepTheOthersFromWorking() async throws {
        try await withDirectory { directory in
            let good = try script("echo 'Forwarding from 127.0.0.1:4000 -> 2379'; exec sleep 60", in: directory)
            let refusing = "\(directory)/refusing"
            try write(
                "#!/bin/sh\necho 'Error from server (Forbidden): pods \"main-0\" is forbidden' >&2; exit 1\n",
                to: refusing)
            chmod(refusing, 0o755)
            try await PortForward.withAll([forward(refusing), forward(good), forward("/nowhere/kubectl")]) { started in
                guard case .failed(#"Error from server (Forbidden): pods "main-0" is forbidden"#) = started[0].start,
                    case .port(4000) = started[1].start,
                    case .failed("/nowhere/kubectl was not found; put kubectl on the PATH or its path into KUBECTL") =
                        started[2].start
                else {
                    Issue.record("\(started.map(\.start))")
                    return
                }
            }
        }
    }

    @Test func whatKubectlSaysLaterIsKept() async throws {
        try await withDirectory { directory in
            let kubectl = try script(
                "echo 'Forwarding from 127.0.0.1:4000 -> 2379'; echo 'Handling connection for 4000'; "
                    + "echo 'error: lost connection to pod' >&2; exec sleep 60", in: directory)
            try await PortForward.withAll([forward(kubectl)]) { started in
                while started[0].state.complaint.isEmpty { try await Task.sleep(for: .milliseconds(10)) }
                #expect(started[0].state.complaint == "lost connection to pod")
            }
        }
    }

    @Test func linesAreCutFromPartsOfAnySize() {
        let text =
            "Forwarding from 127.0.0.1:41231 -> 2379\nForwarding from [::1]:41231 -> 2379\n\nHandling connection for 1\n"
        for size in 1...text.utf8.count {
            var output = ForwardOutput()
            var lines: [ForwardOutput.Line] = []
            var rest = Array(text.utf8)[...]
            while !rest.isEmpty {
                rest.prefix(size).withUnsafeBytes { lines += output.lines(in: $0) }
                rest = rest.dropFirst(size)
            }
            #expect(lines == [.listening(41231), .other("Forwarding from [::1]:41231 -> 2379"), .connection])
        }
        var output = ForwardOutput()
        let endless = [UInt8](repeating: UInt8(ascii: "x"), count: 20000)
        #expect(endless.withUnsafeBytes { output.lines(in: $0) }.count == 2)
    }
}

extension String {
    fileprivate func trimmingLineEnd() -> String { hasSuffix("\n") ? String(dropLast()) : self }
}
