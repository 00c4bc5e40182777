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
        var open: (label: String, line: Int, lines: [Substring])?
        for (index, line) in String(decoding: bytes, as: UTF8.self).split(
            omittingEmptySubsequences: false, whereSeparator: \.isNewline
        ).enumerated() {
            if let label = label(of: line, marker: "-----BEGIN ") {
                if let open { throw .unusable("PEM block \(open.label)", reason: "of line \(open.line) does not end") }
                open = (label, index + 1, [line])
            } else if var current = open {
                current.lines.append(line)
                if let label = self.label(of: line, marker: "-----END ") {
                    guard label == current.label else {
                        throw .unusable("PEM block \(current.label)", reason: "ends as \(label) on line \(index + 1)")
                    }
                    blocks.append(PEMBlock(label: label, text: current.lines.joined(separator: "\n") + "\n"))
                    open = nil
                } else {
                    open = current
                }
            }
        }
        if let open { throw .unusable("PEM block \(open.label)", reason: "of line \(open.line) does not end") }
        return blocks
    }

    private static func label(of line: Substring, marker: String) -> String? {
        let ending = "-----"
        var line = line
        while line.last?.isWhitespace == true { line.removeLast() }
        guard line.hasPrefix(marker), line.hasSuffix(ending), line.count >= marker.count + ending.count else {
            return nil
        }
        return String(line.dropFirst(marker.count).dropLast(ending.count))
    }
}
