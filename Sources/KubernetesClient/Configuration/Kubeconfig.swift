import EtcdRecoverModel
import FoundationEssentials

/// A kubeconfig file, or several merged. Nil and empty mean the same, as in client-go.
struct Kubeconfig: Sendable {
    var currentContext: String?
    var clusters: [String: Cluster] = [:]
    var contexts: [String: Context] = [:]
    var users: [String: User] = [:]
}

extension Kubeconfig {
    struct Cluster: Decodable, Sendable {
        var server: String?
        var tlsServerName: String?
        var insecureSkipTLSVerify: Bool?
        var certificateAuthority: String?
        var certificateAuthorityData: Base64?
        var proxyURL: String?
        var extensions: [Extension]?

        enum CodingKeys: String, CodingKey {
            case server, extensions
            case tlsServerName = "tls-server-name"
            case insecureSkipTLSVerify = "insecure-skip-tls-verify"
            case certificateAuthority = "certificate-authority"
            case certificateAuthorityData = "certificate-authority-data"
            case proxyURL = "proxy-url"
        }
    }

    /// Base64 as Go reads it: with line breaks anywhere, as `base64` without `-w 0` writes it.
    struct Base64: Decodable, Sendable {
        let bytes: [UInt8]

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            let text = try container.decode(String.self).utf8.filter {
                $0 != UInt8(ascii: "\r") && $0 != UInt8(ascii: "\n")
            }
            guard let data = Data(base64Encoded: Data(text)) else {
                throw DecodingError.dataCorruptedError(in: container, debugDescription: "not Base64")
            }
            bytes = [UInt8](data)
        }
    }

    struct Extension: Decodable, Sendable {
        var name: String?
        var `extension`: JSONValue?
    }

    struct Context: Decodable, Sendable {
        var cluster: String?
        var user: String?
        var namespace: String?
    }

    struct User: Decodable, Sendable {
        var clientCertificate: String?
        var clientCertificateData: Base64?
        var clientKey: String?
        var clientKeyData: Base64?
        var token: String?
        var tokenFile: String?
        var username: String?
        var password: String?
        var impersonatedUser: String?
        var impersonatedUID: String?
        var impersonatedGroups: [String]?
        var impersonatedExtra: [String: [String]]?
        var authProvider: AuthProvider?
        var exec: Exec?

        enum CodingKeys: String, CodingKey {
            case token, tokenFile, username, password, exec
            case clientCertificate = "client-certificate"
            case clientCertificateData = "client-certificate-data"
            case clientKey = "client-key"
            case clientKeyData = "client-key-data"
            case impersonatedUser = "as"
            case impersonatedUID = "as-uid"
            case impersonatedGroups = "as-groups"
            case impersonatedExtra = "as-user-extra"
            case authProvider = "auth-provider"
        }
    }

    struct AuthProvider: Decodable, Sendable {
        var name: String?
    }

    struct Exec: Decodable, Sendable {
        struct Variable: Decodable, Sendable {
            var name: String
            var value: String?
        }
        var apiVersion: String?
        var command: String?
        var args: [String]?
        var env: [Variable]?
        var installHint: String?
        var provideClusterInfo: Bool?
        var interactiveMode: String?
    }
}

extension Kubeconfig: Decodable {
    private enum Key: String, CodingKey {
        case clusters, contexts, users
        case currentContext = "current-context"
    }

    private struct Named<Value: Decodable>: Decodable {
        var name: String
        var value: Value?

        private struct Key: CodingKey {
            var stringValue: String
            var intValue: Int? { nil }
            init(stringValue: String) { self.stringValue = stringValue }
            init?(intValue: Int) { nil }
        }

        // By hand: the value's key is the entry's kind, the singular of the list's name.
        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: Key.self)
            name = try container.decode(String.self, forKey: Key(stringValue: "name"))
            let kind = decoder.codingPath.first { $0.intValue == nil }?.stringValue.dropLast() ?? ""
            value = try container.decodeIfPresent(Value.self, forKey: Key(stringValue: String(kind)))
        }
    }

    // By hand: a file has lists of named entries, in which the first of a name counts.
    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        currentContext = try container.decodeIfPresent(String.self, forKey: .currentContext).nonEmpty
        func entries<Value: Decodable>(_ key: Key, or empty: Value) throws -> [String: Value] {
            let list = try container.decodeIfPresent([Named<Value>].self, forKey: key) ?? []
            return Dictionary(list.map { ($0.name, $0.value ?? empty) }) { first, _ in first }
        }
        clusters = try entries(.clusters, or: Cluster())
        contexts = try entries(.contexts, or: Context())
        users = try entries(.users, or: User())
    }
}

extension String? {
    /// Nil for the empty string too.
    var nonEmpty: String? { self?.isEmpty == true ? nil : self }
}
