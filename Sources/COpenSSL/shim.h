#pragma once
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

/// What a memory BIO holds, without copying; valid until the BIO changes. Returns the length in bytes.
static inline long openssl_shims_memory(BIO *bio, const char **start) {
    return BIO_get_mem_data(bio, (char **)start);
}

/// RFC 2253 names ("CN=x,O=y"), with characters beyond ASCII left readable.
static inline unsigned long openssl_shims_name_format(void) {
    return (XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB) | ASN1_STRFLGS_UTF8_CONVERT;
}
