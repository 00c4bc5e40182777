import COpenSSL
import Glibc

/// A name that a serving certificate is good for.
package enum SubjectAlternativeName: Hashable, Sendable, CustomStringConvertible {
    /// Lower case, without a trailing dot.
    case dns(String)
    /// As `inet_ntop` writes it.
    case ip(String)

    /// An IP address when it reads as one, else a DNS name. A name that no host can have is refused.
    package init(_ text: String) throws(CryptographyError) {
        if let bytes = Self.addressBytes(text), let canonical = Self.address(bytes) {
            self = .ip(canonical)
            return
        }
        var name = text.lowercased()
        if name.hasSuffix(".") { name.removeLast() }
        let labels = name.split(separator: ".", omittingEmptySubsequences: false)
        let isHostName =
            name.utf8.count <= 253
            && labels.enumerated().allSatisfy { index, label in
                (index == 0 && labels.count > 1 && label == "*") || Self.isLabel(label)
            }
        guard isHostName else {
            throw .unusable("\"\(text)\"", reason: "is neither a DNS name nor an IP address")
        }
        self = .dns(name)
    }

    package var description: String {
        switch self {
        case .dns(let name): name
        case .ip(let address): address
        }
    }

    private static func isLabel(_ label: Substring) -> Bool {
        (1...63).contains(label.utf8.count) && !label.hasPrefix("-") && !label.hasSuffix("-")
            && label.utf8.allSatisfy {
                (0x61...0x7a).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2d
            }
    }

    /// 4 or 16 bytes in network order, or nil when `text` is not an address.
    static func addressBytes(_ text: String) -> [UInt8]? {
        for (family, count) in [(AF_INET, 4), (AF_INET6, 16)] {
            var bytes = [UInt8](repeating: 0, count: count)
            if inet_pton(family, text, &bytes) == 1 { return bytes }
        }
        return nil
    }

    static func address(_ bytes: [UInt8]) -> String? {
        guard bytes.count == 4 || bytes.count == 16 else { return nil }
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        guard inet_ntop(bytes.count == 4 ? AF_INET : AF_INET6, bytes, &text, socklen_t(text.count)) != nil else {
            return nil
        }
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

extension SubjectAlternativeName {
    /// The names of a certificate; kinds other than DNS and IP are left out.
    static func names(of certificate: OpaquePointer) -> [SubjectAlternativeName] {
        guard let names = X509_get_ext_d2i(certificate, NID_subject_alt_name, nil, nil) else { return [] }
        let stack = OpaquePointer(names)
        defer { GENERAL_NAMES_free(stack) }
        return (0..<OPENSSL_sk_num(stack)).compactMap { index in
            guard let element = OPENSSL_sk_value(stack, index) else { return nil }
            var kind: Int32 = 0
            guard let value = GENERAL_NAME_get0_value(element.assumingMemoryBound(to: GENERAL_NAME.self), &kind),
                kind == GEN_DNS || kind == GEN_IPADD
            else { return nil }
            let string = value.assumingMemoryBound(to: ASN1_STRING.self)
            let bytes = Array(
                UnsafeBufferPointer(start: ASN1_STRING_get0_data(string), count: Int(ASN1_STRING_length(string))))
            return kind == GEN_DNS
                ? .dns(String(decoding: bytes, as: UTF8.self).lowercased()) : address(bytes).map { .ip($0) }
        }
    }

    /// Adds the extension that holds `names`.
    static func add(_ names: [SubjectAlternativeName], to certificate: OpaquePointer) throws(CryptographyError) {
        let stack = try check(GENERAL_NAMES_new(), "allocating names")
        defer { GENERAL_NAMES_free(stack) }
        for name in names {
            let entry = try check(GENERAL_NAME_new(), "allocating a name")
            let (kind, bytes) =
                switch name {
                case .dns(let name): (GEN_DNS, Array(name.utf8))
                case .ip(let address): (GEN_IPADD, addressBytes(address) ?? [])
                }
            let string = ASN1_STRING_type_new(kind == GEN_DNS ? V_ASN1_IA5STRING : V_ASN1_OCTET_STRING)
            ASN1_STRING_set(string, bytes, Int32(bytes.count))
            GENERAL_NAME_set0_value(entry, kind, string)
            guard OPENSSL_sk_push(stack, entry) > 0 else {
                GENERAL_NAME_free(entry)
                throw .failed("collecting names", reason: ErrorQueue.drain())
            }
        }
        try check(
            X509_add1_ext_i2d(certificate, NID_subject_alt_name, UnsafeMutableRawPointer(stack), 0, 0), "adding names")
    }
}
