import FoundationEssentials
import Logging

/// How log lines look.
package enum LogFormat: String, CaseIterable, Sendable {
    case json, text
}

/// One log event as the bytes of one line, newline included.
struct LogLine {
    var time: Date
    var event: LogEvent
    var metadata: Logger.Metadata

    func bytes(as format: LogFormat) -> [UInt8] {
        switch format {
        case .json: json
        case .text: text
        }
    }

    private var timestamp: String {
        time.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }

    /// `time level message key=value …`, values quoted where they have spaces.
    private var text: [UInt8] {
        var line = "\(timestamp) \(event.level.rawValue) \(oneLine("\(event.message)"))"
        for (key, value) in metadata.sorted(by: { $0.key < $1.key }) {
            let value = oneLine(words(value))
            line +=
                value.contains(where: { $0 == " " || $0 == "\"" }) || value.isEmpty
                ? " \(key)=\"\(value.replacing("\"", with: "\\\""))\"" : " \(key)=\(value)"
        }
        return Array(line.utf8) + [UInt8(ascii: "\n")]
    }

    /// A list as its elements with commas.
    private func words(_ value: Logger.MetadataValue) -> String {
        if case .array(let elements) = value { elements.map(words).joined(separator: ",") } else { "\(value)" }
    }

    private func oneLine(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: { $0.value < 0x20 }) else { return text }
        return String(String.UnicodeScalarView(text.unicodeScalars.map { $0.value < 0x20 ? " " : $0 }))
    }

    /// `time`, `level` and `message` first; a metadata key of the same name would be lost, so it gets an underscore.
    private var json: [UInt8] {
        var line: [UInt8] = [UInt8(ascii: "{")]
        appendMember("time", timestamp, to: &line)
        appendMember("level", event.level.rawValue, to: &line)
        appendMember("message", "\(event.message)", to: &line)
        for (key, value) in metadata.sorted(by: { $0.key < $1.key }) {
            appendKey(["time", "level", "message"].contains(key) ? key + "_" : key, to: &line)
            appendValue(value, to: &line)
        }
        return line + Array("}\n".utf8)
    }

    private func appendMember(_ key: String, _ value: String, to line: inout [UInt8]) {
        appendKey(key, to: &line)
        appendString(value, to: &line)
    }

    private func appendKey(_ key: String, to line: inout [UInt8]) {
        if line.last != UInt8(ascii: "{") { line.append(UInt8(ascii: ",")) }
        appendString(key, to: &line)
        line.append(UInt8(ascii: ":"))
    }

    private func appendValue(_ value: Logger.MetadataValue, to line: inout [UInt8]) {
        switch value {
        case .string(let text): appendString(text, to: &line)
        case .stringConvertible(let bool as Bool): line += Array(bool.description.utf8)
        case .stringConvertible(let number as Int): line += Array(number.description.utf8)
        case .stringConvertible(let number as Double) where number.isFinite: line += Array(number.description.utf8)
        case .stringConvertible(let other): appendString("\(other)", to: &line)
        case .array(let elements):
            line.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { line.append(UInt8(ascii: ",")) }
                appendValue(element, to: &line)
            }
            line.append(UInt8(ascii: "]"))
        case .dictionary(let members):
            line.append(UInt8(ascii: "{"))
            for (key, member) in members.sorted(by: { $0.key < $1.key }) {
                appendKey(key, to: &line)
                appendValue(member, to: &line)
            }
            line.append(UInt8(ascii: "}"))
        }
    }

    private func appendString(_ text: String, to line: inout [UInt8]) {
        line.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): line += [UInt8(ascii: "\\"), byte]
            case UInt8(ascii: "\n"): line += Array("\\n".utf8)
            case 0..<0x20: line += Array("\\u00\(byte < 16 ? "0" : "")\(String(byte, radix: 16))".utf8)
            default: line.append(byte)
            }
        }
        line.append(UInt8(ascii: "\""))
    }
}
