import Glibc

/// The file with the system's certificate authorities: `SSL_CERT_FILE`, else where distributions keep it. `nil` leaves
/// libcurl's built-in path.
let systemAuthorities: String? = {
    if let named = getenv("SSL_CERT_FILE") { return String(cString: named) }
    let candidates = [
        "/etc/ssl/certs/ca-certificates.crt",  // Debian, Ubuntu, Arch
        "/etc/pki/tls/certs/ca-bundle.crt",  // Fedora, RHEL
        "/etc/ssl/ca-bundle.pem",  // openSUSE
        "/etc/ssl/cert.pem",  // Alpine
    ]
    return candidates.first { access($0, R_OK) == 0 }
}()
