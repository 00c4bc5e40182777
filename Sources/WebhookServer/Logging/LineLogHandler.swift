import FoundationEssentials
import Glibc
package import Logging

/// Writes each event as one line with one `write`, so that lines of many threads never mix.
package struct LineLogHandler: LogHandler {
    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?
    package var logLevel: Logger.Level
    private let format: LogFormat
    private let write: @Sendable ([UInt8]) -> Void

    package init(
        format: LogFormat, level: Logger.Level, write: @escaping @Sendable ([UInt8]) -> Void = writeToStandardError
    ) {
        self.format = format
        self.write = write
        logLevel = level
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        var all = metadata
        if let provided = metadataProvider?.get() { all.merge(provided) { $1 } }
        if let own = event.metadata { all.merge(own) { $1 } }
        if let error = event.error, all["error"] == nil { all["error"] = "\(error)" }
        write(LogLine(time: Date(), event: event, metadata: all).bytes(as: format))
    }
}

/// A line that cannot be written is lost: there is nowhere left to say so.
@Sendable package func writeToStandardError(_ line: [UInt8]) {
    var rest = line[...]
    while !rest.isEmpty {
        let written = rest.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
        guard written > 0 || errno == EINTR else { return }
        rest = rest.dropFirst(max(written, 0))
    }
}
