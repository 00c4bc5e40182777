import EtcdRecoverModel
import FoundationEssentials
import SnapshotFile

extension Bytes {
    /// A member of a JSON object: under `name` as text, or under `nameBase64` where the bytes are no UTF-8.
    func jsonMember(_ name: String) -> (key: String, value: JSONValue) {
        if let text = String(validating: buffer, as: UTF8.self) { return (name, .string(text)) }
        return (name + "Base64", .string(Data(buffer).base64EncodedString()))
    }
}

extension StoredValue {
    /// What is known of a value without its content.
    var jsonMembers: [String: JSONValue] {
        switch self {
        case .protobuf(let apiVersion, let kind):
            ["format": .string(format), "apiVersion": .string(apiVersion), "kind": .string(kind)]
        case .encrypted(let provider, let key):
            ["format": .string(format), "encryptionProvider": .string(provider), "encryptionKey": .string(key)]
        default: ["format": .string(format)]
        }
    }
}

/// A lease's ID as etcdctl prints it; empty for none.
func leaseText(_ lease: Int64) -> String {
    lease == 0 ? "" : String(UInt64(bitPattern: lease), radix: 16)
}
