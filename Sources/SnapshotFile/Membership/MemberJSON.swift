extension Membership.Member {
    /// What etcd keeps of a member in its database and in the entry that adds it: ids as numbers, fields in etcd's order.
    var json: String {
        let urls = peerURLs.map { GoJSON.string($0.description) }.joined(separator: ",")
        return #"{"id":\#(id.rawValue),"peerURLs":[\#(urls)],"name":\#(GoJSON.string(name))}"#
    }

    /// What the v2 store keeps of it.
    var raftAttributes: String {
        #"{"peerURLs":[\#(peerURLs.map { GoJSON.string($0.description) }.joined(separator: ","))]}"#
    }
}

/// JSON text byte by byte as etcd writes it.
enum GoJSON {
    /// A string in quotes, with the escapes of Go's encoder.
    static func string(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": quoted += "\\" + String(scalar)
            case "\n": quoted += "\\n"
            case "\r": quoted += "\\r"
            case "\t": quoted += "\\t"
            case "<", ">", "&", "\u{2028}", "\u{2029}": quoted += escape(scalar)
            case _ where scalar.value < 0x20: quoted += escape(scalar)
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }

    private static func escape(_ scalar: Unicode.Scalar) -> String {
        let digits = String(scalar.value, radix: 16)
        return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    }
}
