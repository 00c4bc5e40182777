import Glibc
import TestSupport

extension Kubectl {
    /// Damages the log of a member, whose etcd ends and never comes up again, however often it is started. Its database is whole.
    func breakEtcd(in pod: String) async throws {
        let files = try await Command("find", [try await volume(of: "etcd-data-\(pod)"), "-name", "*.wal"]).output()
        guard !files.isEmpty else { throw MissingPart("no log in the volume of \(pod)") }
        for path in files.split(separator: "\n") {
            let file = open(String(path), O_WRONLY)
            guard file >= 0 else { throw MissingPart("cannot open \(path)") }
            defer { close(file) }
            // Of the first record, behind its length.
            let bytes = [UInt8](repeating: 0xA5, count: 20)
            guard pwrite(file, bytes, bytes.count, 40) == bytes.count else {
                throw MissingPart("\(path) is not written")
            }
        }
        let container = #"{.status.containerStatuses[?(@.name=="etcd")]"#
        let id = try await output("get", "pod", pod, "-o", "jsonpath=\(container).containerID}")
        for process in Disruptions.processes(ofContainer: id) { _ = kill(process, SIGKILL) }
        _ = try await eventually("etcd of \(pod) that ended twice", every: .seconds(1)) {
            let count = try await output("get", "pod", pod, "-o", "jsonpath=\(container).restartCount}")
            return (Int(count) ?? 0) >= 2 ? true : nil
        }
    }
}
