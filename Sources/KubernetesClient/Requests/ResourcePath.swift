import EtcdRecoverModel

/// Paths of the Kubernetes API, percent-encoded.
enum ResourcePath {
    /// Of a collection; `namespace` is nil for cluster-scoped kinds and for all namespaces.
    static func collection<R: KubernetesResource>(
        _ type: R.Type, namespace: String?
    ) throws(KubernetesError) -> String {
        let root = R.group.isEmpty ? "/api/\(R.version)" : "/apis/\(R.group)/\(R.version)"
        guard let namespace, R.isNamespaced else { return "\(root)/\(R.plural)" }
        return "\(root)/namespaces/\(try segment(namespace, of: R.kind, what: "namespace"))/\(R.plural)"
    }

    static func object<R: KubernetesResource>(
        _ type: R.Type, name: String, namespace: String?, subresource: String? = nil
    ) throws(KubernetesError) -> String {
        let path = try "\(collection(type, namespace: namespace))/\(segment(name, of: R.kind, what: "name"))"
        return subresource.map { "\(path)/\($0)" } ?? path
    }

    // An empty name would address the whole collection, and dots another path.
    private static func segment(_ text: String, of kind: String, what: String) throws(KubernetesError) -> String {
        guard !text.isEmpty, text != ".", text != "..", !text.utf8.contains(UInt8(ascii: "/")) else {
            throw .invalidRequest("\"\(text)\" is not a \(what) that a \(kind) can have")
        }
        return percentEncoded(text)
    }

    static func query(_ items: [(String, String)]) -> String {
        guard !items.isEmpty else { return "" }
        return "?" + items.map { "\(percentEncoded($0.0))=\(percentEncoded($0.1))" }.joined(separator: "&")
    }

    static func percentEncoded(_ text: String) -> String {
        var output = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                output.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                output += byte < 16 ? "%0" : "%"
                output += String(byte, radix: 16, uppercase: true)
            }
        }
        return output
    }
}
