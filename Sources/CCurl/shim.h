#pragma once
#include <curl/curl.h>
#include <sys/socket.h>

// Swift calls no variadic C function: each shape of curl_easy_setopt, curl_easy_getinfo and curl_multi_setopt in use has
// an inline twin here.

static inline CURLcode cc_set_long(CURL * _Nonnull easy, CURLoption option, long value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode cc_set_offset(CURL * _Nonnull easy, CURLoption option, curl_off_t value) {
    return curl_easy_setopt(easy, option, value);
}

/// libcurl copies the string.
static inline CURLcode cc_set_string(CURL * _Nonnull easy, CURLoption option, const char * _Nullable value) {
    return curl_easy_setopt(easy, option, value);
}

/// The memory behind `value` stays the caller's and must outlive the transfer.
static inline CURLcode cc_set_pointer(CURL * _Nonnull easy, CURLoption option, void * _Nullable value) {
    return curl_easy_setopt(easy, option, value);
}

/// The bytes stay the caller's and must outlive the transfer.
static inline CURLcode cc_set_blob(CURL * _Nonnull easy, CURLoption option, const void * _Nonnull bytes, size_t count) {
    struct curl_blob blob = { (void *)bytes, count, CURL_BLOB_NOCOPY };
    return curl_easy_setopt(easy, option, &blob);
}

/// A macro with a cast, which Swift does not import.
static const unsigned long cc_auth_basic = CURLAUTH_BASIC;

typedef size_t (*cc_write)(char * _Nonnull bytes, size_t size, size_t count, void * _Nonnull context);
typedef size_t (*cc_read)(char * _Nonnull bytes, size_t size, size_t count, void * _Nonnull context);
typedef int (*cc_seek)(void * _Nonnull context, curl_off_t offset, int origin);
typedef int (*cc_connected)(void * _Nonnull context, char * _Nullable remote, char * _Nullable local, int remotePort,
                            int localPort);

/// A socket that no program started meanwhile inherits: it would keep the connection open after we close it.
static inline curl_socket_t cc_open_socket(void * _Nullable context, curlsocktype purpose,
                                           struct curl_sockaddr * _Nonnull address) {
    (void)context;
    (void)purpose;
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

static inline void cc_set_callbacks(CURL * _Nonnull easy, void * _Nonnull context, cc_write _Nonnull header,
                                    cc_write _Nonnull body, cc_read _Nonnull upload, cc_seek _Nonnull seek,
                                    cc_connected _Nonnull connected) {
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, cc_open_socket);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, context);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, context);
    curl_easy_setopt(easy, CURLOPT_READFUNCTION, upload);
    curl_easy_setopt(easy, CURLOPT_READDATA, context);
    curl_easy_setopt(easy, CURLOPT_SEEKFUNCTION, seek);
    curl_easy_setopt(easy, CURLOPT_SEEKDATA, context);
    curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, connected);
    curl_easy_setopt(easy, CURLOPT_PREREQDATA, context);
}

/// 0 where libcurl has no answer.
static inline long cc_get_long(CURL * _Nonnull easy, CURLINFO info) {
    long value = 0;
    curl_easy_getinfo(easy, info, &value);
    return value;
}

static inline CURLMcode cc_multi_set_long(CURLM * _Nonnull multi, CURLMoption option, long value) {
    return curl_multi_setopt(multi, option, value);
}

/// The next finished transfer and its result, or null.
static inline CURL * _Nullable cc_multi_next_done(CURLM * _Nonnull multi, CURLcode * _Nonnull result) {
    int left = 0;
    for (CURLMsg *message; (message = curl_multi_info_read(multi, &left));) {
        if (message->msg == CURLMSG_DONE) {
            *result = message->data.result;
            return message->easy_handle;
        }
    }
    return NULL;
}
