/// One `-----BEGIN LABEL-----` block, still encoded.
package struct PEMBlock: Hashable, Sendable {
    /// For example `CERTIFICATE` or `EC PRIVATE KEY`.
    package let label: String
    /// The block from its first dash to its last, with a newline behind it.
    package let text: String
}

/// PEM (RFC 7468) as text: finding the blocks. What is inside them is OpenSSL's to judge.
package enum PEM {
    /// Far above any real bundle; Kubernetes keeps at most 1 MiB in a Secret.
    static let maximumSize = 1 << 20

    /// The blocks in their order. Text between them is ignored, as it is everywhere else; a block that does not end
    /// is an error.
    package static func blocks(in bytes: [UInt8]) throws(CryptographyError) -> [PEMBlock] {
        guard bytes.count <= maximumSize else {
            throw .unusable("PEM data", reason: "is \(bytes.count) bytes, more than the \(maximumSize) allowed")
        }
        var blocks: [PEMBlock] = []
        var open: (label: String, line: Int, start: Int)?
        var (position, line) = (0, 0)
        while position < bytes.count {
            line += 1
            let end = bytes[position...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
            defer { position = end + 1 }
            // Only lines that begin with dashes are looked at more closely.
            guard bytes[position] == UInt8(ascii: "-") else { continue }
            let text = String(decoding: bytes[position..<end], as: UTF8.self)
            if let label = label(of: text, marker: "-----BEGIN ") {
                if let open { throw .unusable("PEM block \(open.label)", reason: "of line \(open.line) does not end") }
                open = (label, line, position)
            } else if let label = label(of: text, marker: "-----END "), let block = open {
                guard label == block.label else {
                    throw .unusable("PEM block \(block.label)", reason: "ends as \(label) on line \(line)")
                }
                let text = String(decoding: bytes[block.start..<end], as: UTF8.self)
                blocks.append(PEMBlock(label: label, text: text + "\n"))
                open = nil
            }
        }
        if let open { throw .unusable("PEM block \(open.label)", reason: "of line \(open.line) does not end") }
        return blocks
    }

    private static func label(of line: String, marker: String) -> String? {
        let ending = "-----"
        var line = line[...]
        while line.last?.isWhitespace == true { line.removeLast() }
        guard line.hasPrefix(marker), line.hasSuffix(ending), line.count >= marker.count + ending.count else {
            return nil
        }
        return String(line.dropFirst(marker.count).dropLast(ending.count))
    }
}
