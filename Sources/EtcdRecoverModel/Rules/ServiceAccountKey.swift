import FoundationEssentials

/// The JSON that Google hands out as a service account's key, as far as signing with it needs.
struct ServiceAccountKey: Decodable {
    var type: String?
    var clientEmail: String?
    var privateKey: String?
    var tokenURI: String?

    enum CodingKeys: String, CodingKey {
        case type
        case clientEmail = "client_email"
        case privateKey = "private_key"
        case tokenURI = "token_uri"
    }

    /// What is wrong with it, never what is in it.
    static func problems(in json: Data, _ loads: (@Sendable (_ pem: String) -> Bool)?) -> [String] {
        guard let key = try? JSONDecoder().decode(ServiceAccountKey.self, from: json) else {
            return ["is no JSON object of the form that Google gives out"]
        }
        var problems: [String] = []
        if key.type != "service_account" { problems.append("is not of type \"service_account\"") }
        if key.clientEmail.ifGiven == nil { problems.append("has no client_email") }
        if let pem = key.privateKey.ifGiven {
            if !isPrivateKey(pem) || loads?(pem) == false { problems.append("has a private_key that does not load") }
        } else {
            problems.append("has no private_key")
        }
        if let uri = key.tokenURI.ifGiven {
            // A signed assertion is sent there, so it must be Google.
            if !isGoogle(uri) { problems.append("has a token_uri that is not https on googleapis.com") }
        } else {
            problems.append("has no token_uri")
        }
        return problems
    }

    private static func isGoogle(_ uri: String) -> Bool {
        guard let url = EndpointURL(uri), case .name(let host) = url.host else { return false }
        return url.isSecure && url.port == 443 && (host == "googleapis.com" || host.hasSuffix(".googleapis.com"))
    }

    /// One PEM block of a private key whose base64 is one whole DER sequence.
    private static func isPrivateKey(_ pem: String) -> Bool {
        let lines = pem.split(whereSeparator: \.isNewline)
        guard let first = lines.first, let last = lines.last, lines.count > 2,
            ["PRIVATE KEY", "RSA PRIVATE KEY"].contains(where: {
                first == "-----BEGIN \($0)-----" && last == "-----END \($0)-----"
            }),
            let der = Data(base64Encoded: lines.dropFirst().dropLast().joined())
        else { return false }
        return isSequence(Array(der))
    }

    private static func isSequence(_ der: [UInt8]) -> Bool {
        guard der.count > 2, der[0] == 0x30 else { return false }
        guard der[1] & 0x80 != 0 else { return der.count == 2 + Int(der[1]) }
        let digits = Int(der[1] & 0x7f)
        guard (1...4).contains(digits), der.count > 2 + digits else { return false }
        return der.count == 2 + digits + der[2..<2 + digits].reduce(0) { $0 << 8 | Int($1) }
    }
}
