/// In which form the value of a key is stored, as far as its first bytes tell.
package enum StoredValue: Hashable, Sendable {
    case empty
    case json
    /// A built-in object of Kubernetes.
    case protobuf(apiVersion: String, kind: String)
    case cbor
    /// By the API server, under a key that is not in the snapshot. `provider`: `aescbc`, `kms v2`; `key`: the name of the
    /// key or of the KMS plugin, empty when the value does not say.
    case encrypted(provider: String, key: String)
    case text
    case binary

    package init(_ value: Bytes) {
        if value.isEmpty {
            self = .empty
        } else if value.starts(with: Self.protobufMagic) {
            let magic = Self.protobufMagic.count
            let type = KubernetesType(value.slice(at: magic, count: value.count - magic) ?? .empty)
            self = .protobuf(apiVersion: type.apiVersion, kind: type.kind)
        } else if value.starts(with: Self.cborTag) {
            self = .cbor
        } else if value.starts(with: Self.encryptionMark) {
            self = Self.encryption(value.buffer.dropFirst(Self.encryptionMark.count))
        } else if value.buffer.first(where: { !Self.isSpace($0) }) == UInt8(ascii: "{") {
            self = .json
        } else {
            self = Self.isText(value) ? .text : .binary
        }
    }

    private static let protobufMagic: [UInt8] = [0x6B, 0x38, 0x73, 0x00]
    private static let cborTag: [UInt8] = [0xD9, 0xD9, 0xF7]
    private static let encryptionMark = Array("k8s:enc:".utf8)
    /// How far the names of provider and key are looked for, in bytes.
    private static let longestHeader = 512

    /// `aescbc:v1:KEY:…` or `kms:v2:PLUGIN:…`.
    private static func encryption(_ header: Slice<UnsafeRawBufferPointer>) -> StoredValue {
        let parts = header.prefix(longestHeader).split(
            separator: UInt8(ascii: ":"), maxSplits: 3, omittingEmptySubsequences: false)
        let names = parts.prefix(3).map { String(decoding: $0, as: UTF8.self) }
        guard parts.count == 4 else { return .encrypted(provider: "unknown", key: "") }
        return .encrypted(provider: names[0] == "kms" ? "kms \(names[1])" : names[0], key: names[2])
    }

    /// How much of a value is looked at to tell text from other bytes.
    private static let longestSample = 4096

    private static func isText(_ value: Bytes) -> Bool {
        var sample = value.buffer.prefix(longestSample)
        // A character that the end of the sample cuts is left out.
        if sample.count < value.count {
            while let last = sample.last, last & 0xC0 == 0x80 { sample.removeLast() }
            if let last = sample.last, last >= 0xC0 { sample.removeLast() }
        }
        guard let text = String(validating: sample, as: UTF8.self) else { return false }
        return text.unicodeScalars.allSatisfy { $0.isReadable || $0 == "\n" || $0 == "\t" || $0 == "\r" }
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || (0x09...0x0D).contains(byte)
    }
}

extension StoredValue {
    /// One word, stable: `json`, `protobuf`, `cbor`, `encrypted`, `text`, `binary`, `empty`.
    package var format: String {
        switch self {
        case .empty: "empty"
        case .json: "json"
        case .protobuf: "protobuf"
        case .cbor: "cbor"
        case .encrypted: "encrypted"
        case .text: "text"
        case .binary: "binary"
        }
    }

    /// Whether a person can read the value as it is.
    package var isReadable: Bool { self == .json || self == .text || self == .empty }
}

extension StoredValue: CustomStringConvertible {
    /// As it stands in a sentence: `protobuf (v1 Pod)`, `encrypted (aescbc, key1)`.
    package var description: String {
        switch self {
        case .protobuf(let apiVersion, let kind) where !kind.isEmpty: "protobuf (\(apiVersion) \(kind))"
        case .encrypted(let provider, let key): "encrypted (\(key.isEmpty ? provider : "\(provider), \(key)"))"
        default: format
        }
    }
}
