import COpenSSL
package import FoundationEssentials

extension Certificate {
    /// Whether a client that trusts `authorities` would accept this chain from a server, at `time`, for `name`.
    ///
    /// As Go decides it, which is what API servers are written in: any authority given is an anchor, also an
    /// intermediate one; names come from the alternative names alone, never from the subject.
    ///
    /// - Parameter chain: the server's certificate first, then any intermediates in any order.
    /// - Throws: `CryptographyError.untrusted` with OpenSSL's reason and the certificate it concerns.
    package static func verify(
        chain: [Certificate], trusting authorities: [Certificate], at time: Date, for name: SubjectAlternativeName?
    ) throws(CryptographyError) {
        defer { ErrorQueue.clear() }
        guard let leaf = chain.first else { throw .untrusted("the chain is empty") }
        let store = try check(X509_STORE_new(), "allocating a store")
        defer { X509_STORE_free(store) }
        for authority in authorities {
            try check(X509_STORE_add_cert(store, authority.handle.pointer), "trusting a certificate")
        }
        let untrusted = try check(OPENSSL_sk_new_null(), "allocating a chain")
        defer { OPENSSL_sk_free(untrusted) }
        for intermediate in chain.dropFirst() {
            OPENSSL_sk_push(untrusted, UnsafeRawPointer(intermediate.handle.pointer))
        }
        let context = try check(X509_STORE_CTX_new(), "allocating a verification")
        defer { X509_STORE_CTX_free(context) }
        try check(X509_STORE_CTX_init(context, store, leaf.handle.pointer, untrusted), "preparing a verification")
        try check(X509_STORE_CTX_set_default(context, "ssl_server"), "preparing a verification")

        let parameters = X509_STORE_CTX_get0_param(context)
        X509_VERIFY_PARAM_set_time(parameters, time_t(time.timeIntervalSince1970.rounded(.down)))
        X509_VERIFY_PARAM_set_flags(parameters, UInt(X509_V_FLAG_PARTIAL_CHAIN))
        X509_VERIFY_PARAM_set_hostflags(parameters, UInt32(X509_CHECK_FLAG_NEVER_CHECK_SUBJECT))
        switch name {
        case .dns(let host): try check(X509_VERIFY_PARAM_set1_host(parameters, host, 0), "naming the server")
        case .ip(let address): try check(X509_VERIFY_PARAM_set1_ip_asc(parameters, address), "naming the server")
        case nil: break
        }

        guard X509_verify_cert(context) == 1 else {
            let reason = String(cString: X509_verify_cert_error_string(Int(X509_STORE_CTX_get_error(context))))
            let depth = Int(X509_STORE_CTX_get_error_depth(context))
            let place = depth == 0 ? leaf.subject : "issuer \(depth) of \(leaf.subject)"
            throw .untrusted("\(reason) (\(place))")
        }
        withExtendedLifetime((chain, authorities)) {}
    }
}
