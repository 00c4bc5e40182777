import CoreMetrics
import Glibc

/// The process as Prometheus' own clients describe it, read when somebody asks.
struct ProcessMetrics: Sendable {
    private let resident: Meter

    init(factory: any MetricsFactory) {
        resident = Meter(label: "process_resident_memory_bytes", factory: factory)
        Meter(label: "process_start_time_seconds", factory: factory).set(Double(time(nil)))
    }

    func update() {
        if let pages = residentPages() { resident.set(Int64(pages * sysconf(Int32(_SC_PAGESIZE)))) }
    }

    /// The second field of `/proc/self/statm`.
    private func residentPages() -> Int? {
        let descriptor = open("/proc/self/statm", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var buffer = [UInt8](repeating: 0, count: 256)
        let count = read(descriptor, &buffer, buffer.count)
        guard count > 0 else { return nil }
        let fields = String(decoding: buffer[..<count], as: UTF8.self).split(separator: " ")
        return fields.count > 1 ? Int(fields[1]) : nil
    }
}
