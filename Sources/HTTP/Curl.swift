import CCurl
import Glibc

// Everything of libcurl that is a pointer lives in this file. All of it belongs to the thread of one `TransferLoop`, but for
// `CurlMulti.wakeUp()`.

/// What libcurl calls while it drives a transfer.
protocol CurlEasyDelegate: AnyObject {
    /// The connection is ready, new or reused, and the request is about to be sent.
    func connected()
    /// One line of a header or trailer section, line break included. False aborts.
    func receiveHeader(_ line: UnsafeRawBufferPointer) -> Bool
    func receiveBody(_ bytes: UnsafeRawBufferPointer) -> CurlVerdict
    /// Fills `buffer` from its start; `.moved(0)` ends the upload.
    func sendBody(into buffer: UnsafeMutableRawBufferPointer) -> CurlVerdict
    /// Starts the upload over; false when it cannot be repeated.
    func rewindBody() -> Bool
}

enum CurlVerdict {
    case moved(Int)
    case pause
    case abort
}

/// A failed transfer: libcurl's number for it and what else it knows.
struct CurlFailure: Error {
    let code: CURLcode
    /// libcurl's fixed text for the code.
    let reason: String
    /// The OpenSSL error in the transfer's message: library and reason in one number, or 0.
    var opensslError: UInt32 = 0
    /// The result of checking the peer's chain, an `X509_V_ERR_` number; 0 when sound or not reached.
    var verifyResult = 0
    var proxyVerifyResult = 0
    /// The status a proxy gave to CONNECT, or 0.
    var connectStatus = 0

    init(_ code: CURLcode) {
        self.code = code
        reason = String(cString: curl_easy_strerror(code))
    }
}

/// One transfer. Removed from its `CurlMulti` before it goes.
final class CurlEasy {
    fileprivate let handle: UnsafeMutableRawPointer
    private let message: UnsafeMutablePointer<CChar>
    private var headers: UnsafeMutablePointer<curl_slist>?
    private var routes: UnsafeMutablePointer<curl_slist>?
    /// Memory lent to libcurl: kept alive with the handle.
    private var lent: [SecretBytes] = []
    private var paused: Int32 = 0
    unowned let delegate: any CurlEasyDelegate

    init(delegate: any CurlEasyDelegate) throws {
        guard let handle = curl_easy_init() else { throw CurlFailure(CURLE_OUT_OF_MEMORY) }
        self.handle = handle
        self.delegate = delegate
        message = .allocate(capacity: Int(CURL_ERROR_SIZE))
        message.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        cc_set_pointer(handle, CURLOPT_ERRORBUFFER, message)
        setCallbacks()
    }

    deinit {
        curl_easy_cleanup(handle)
        eraseAndFree(headers)
        curl_slist_free_all(routes)
        message.deallocate()
    }

    func set(_ option: CURLoption, _ value: Int) {
        cc_set_long(handle, option, value)
    }

    func set(_ option: CURLoption, _ value: String?) throws {
        let code = value.map { cc_set_string(handle, option, $0) } ?? cc_set_string(handle, option, nil)
        guard code == CURLE_OK else { throw CurlFailure(code) }
    }

    func set(_ option: CURLoption, offset: Int64) {
        cc_set_offset(handle, option, curl_off_t(offset))
    }

    func set(_ option: CURLoption, text secret: SecretBytes) {
        secret.withTerminatedBytes { _ = cc_set_string(handle, option, $0) }
    }

    /// Lends `bytes`, uncopied.
    func set(_ option: CURLoption, blob bytes: SecretBytes) throws {
        lent.append(bytes)
        let code = bytes.withUnsafeBytes { bytes -> CURLcode in
            guard let base = bytes.baseAddress else { return CURLE_BAD_FUNCTION_ARGUMENT }
            return cc_set_blob(handle, option, base, bytes.count)
        }
        guard code == CURLE_OK else { throw CurlFailure(code) }
    }

    /// A body that libcurl sends by itself, lent uncopied: as one with the head when it is less than 64 KiB.
    func setBody(_ bytes: SecretBytes) {
        lent.append(bytes)
        set(CURLOPT_POST, 1)
        set(CURLOPT_POSTFIELDSIZE_LARGE, offset: Int64(bytes.count))
        bytes.withUnsafeBytes {
            _ = cc_set_pointer(handle, CURLOPT_POSTFIELDS, UnsafeMutableRawPointer(mutating: $0.baseAddress))
        }
    }

    func addHeader(_ line: SecretBytes) {
        line.withTerminatedBytes { headers = curl_slist_append(headers, $0) }
        cc_set_pointer(handle, CURLOPT_HTTPHEADER, headers)
    }

    /// Connects to another address than the URL's: `HOST:PORT:HOST:PORT`.
    func addRoute(_ route: String) {
        routes = curl_slist_append(routes, route)
        cc_set_pointer(handle, CURLOPT_CONNECT_TO, routes)
    }

    /// Goes on after a `.pause` verdict. May call the delegate.
    func resume(_ direction: Int32) throws {
        guard paused & direction != 0 else { return }
        paused &= ~direction
        let code = curl_easy_pause(handle, paused)
        // No connection (yet, or any more): there is nothing to go on with.
        guard code == CURLE_OK || code == CURLE_BAD_FUNCTION_ARGUMENT else { throw failure(code) }
    }

    fileprivate func failure(_ code: CURLcode) -> CurlFailure {
        var failure = CurlFailure(code)
        failure.opensslError = opensslError(in: String(cString: message))
        failure.verifyResult = cc_get_long(handle, CURLINFO_SSL_VERIFYRESULT)
        failure.proxyVerifyResult = cc_get_long(handle, CURLINFO_PROXY_SSL_VERIFYRESULT)
        failure.connectStatus = cc_get_long(handle, CURLINFO_HTTP_CONNECTCODE)
        return failure
    }

    private func setCallbacks() {
        cc_set_callbacks(
            handle, Unmanaged.passUnretained(self).toOpaque(),
            { bytes, size, count, context in
                let line = UnsafeRawBufferPointer(start: bytes, count: size * count)
                return easy(context).delegate.receiveHeader(line) ? line.count : 0
            },
            { bytes, size, count, context in
                let easy = easy(context)
                switch easy.delegate.receiveBody(UnsafeRawBufferPointer(start: bytes, count: size * count)) {
                case .moved(let count): return count
                case .abort: return Int(CURL_WRITEFUNC_ERROR)
                case .pause:
                    easy.paused |= CURLPAUSE_RECV
                    return Int(CURL_WRITEFUNC_PAUSE)
                }
            },
            { bytes, size, count, context in
                let easy = easy(context)
                switch easy.delegate.sendBody(into: UnsafeMutableRawBufferPointer(start: bytes, count: size * count)) {
                case .moved(let count): return count
                case .abort: return Int(CURL_READFUNC_ABORT)
                case .pause:
                    easy.paused |= CURLPAUSE_SEND
                    return Int(CURL_READFUNC_PAUSE)
                }
            },
            { context, offset, origin in
                let rewinds = offset == 0 && origin == SEEK_SET && easy(context).delegate.rewindBody()
                return rewinds ? CURL_SEEKFUNC_OK : CURL_SEEKFUNC_CANTSEEK
            },
            { context, _, _, _, _ in
                easy(context).delegate.connected()
                return CURL_PREREQFUNC_OK
            })
    }
}

private func easy(_ context: UnsafeMutableRawPointer) -> CurlEasy {
    Unmanaged<CurlEasy>.fromOpaque(context).takeUnretainedValue()
}

/// Many transfers over one pool of connections.
final class CurlMulti: @unchecked Sendable {
    // Guarded by confinement: only the loop's thread calls anything but `wakeUp()`, which libcurl allows from any thread.
    private let handle: UnsafeMutableRawPointer
    private var members: [UnsafeMutableRawPointer: CurlEasy] = [:]

    init() throws {
        _ = initialiseOnce
        guard let handle = curl_multi_init() else { throw CurlFailure(CURLE_OUT_OF_MEMORY) }
        self.handle = handle
    }

    deinit {
        curl_multi_cleanup(handle)
    }

    func set(_ option: CURLMoption, _ value: Int) {
        cc_multi_set_long(handle, option, value)
    }

    func add(_ easy: CurlEasy) {
        members[easy.handle] = easy
        curl_multi_add_handle(handle, easy.handle)
    }

    /// Ends the transfer where it stands. Its connection closes, unless other transfers share it: then its stream is reset.
    func remove(_ easy: CurlEasy) {
        guard members.removeValue(forKey: easy.handle) != nil else { return }
        // An HTTP/2 connection would be used again, with a window full of the old response still arriving on it. Without
        // effect on a transfer that is over.
        cc_set_long(easy.handle, CURLOPT_FORBID_REUSE, 1)
        curl_multi_remove_handle(handle, easy.handle)
    }

    func perform() {
        var running: Int32 = 0
        curl_multi_perform(handle, &running)
    }

    /// The next transfer that came to its end by itself, already removed.
    func nextDone() -> (CurlEasy, CurlFailure?)? {
        var code = CURLE_OK
        while let pointer = cc_multi_next_done(handle, &code) {
            guard let easy = members[pointer] else { continue }
            // Read before the removal, which forgets it.
            let failure = code == CURLE_OK ? nil : easy.failure(code)
            remove(easy)
            return (easy, failure)
        }
        return nil
    }

    /// Sleeps until a socket, a timer of libcurl's, `wakeUp()` or the timeout.
    func poll(milliseconds: Int32) {
        curl_multi_poll(handle, nil, 0, milliseconds, nil)
    }

    func wakeUp() {
        curl_multi_wakeup(handle)
    }
}

private let initialiseOnce: Void = {
    curl_global_init(Int(CURL_GLOBAL_ALL))
}()

private func eraseAndFree(_ list: UnsafeMutablePointer<curl_slist>?) {
    var node = list
    while let current = node {
        if let text = current.pointee.data { explicit_bzero(text, strlen(text)) }
        node = current.pointee.next
    }
    curl_slist_free_all(list)
}

extension SecretBytes {
    /// A temporary copy with a zero at its end.
    fileprivate func withTerminatedBytes(_ body: (UnsafePointer<CChar>) -> Void) {
        withUnsafeTemporaryAllocation(byteCount: count + 1, alignment: 1) { copy in
            withUnsafeBytes { copy.copyMemory(from: $0) }
            copy[count] = 0
            if let base = copy.baseAddress { body(base.assumingMemoryBound(to: CChar.self)) }
            copy.zero()
        }
    }
}

/// The parts of an absolute URL as libcurl reads it, so that what is checked is what is used.
struct CurlURL {
    let scheme: String
    /// IPv6 addresses in brackets.
    let host: String
    let port: Int
    let hasUserInfo: Bool
    /// The URL with its host replaced, if one was given.
    let text: String

    init(_ url: String, replacingHostWith newHost: String? = nil, schemes: Set<String>) throws(HTTPError) {
        guard let parts = curl_url() else { throw .invalidURL(reason: "out of memory") }
        defer { curl_url_cleanup(parts) }
        let flags = UInt32(CURLU_NON_SUPPORT_SCHEME | CURLU_PATH_AS_IS)
        // A URL with a NUL would be cut there.
        guard !url.utf8.contains(0) else { throw .invalidURL(reason: "it contains a NUL") }
        let code = curl_url_set(parts, CURLUPART_URL, url, flags)
        guard code == CURLUE_OK else {
            throw .invalidURL(reason: String(cString: curl_url_strerror(code)).lowercased())
        }
        func part(_ what: CURLUPart) -> String? {
            var text: UnsafeMutablePointer<CChar>?
            guard curl_url_get(parts, what, &text, UInt32(CURLU_DEFAULT_PORT)) == CURLUE_OK, let text else {
                return nil
            }
            defer { curl_free(text) }
            return String(cString: text)
        }
        guard let scheme = part(CURLUPART_SCHEME)?.lowercased(), schemes.contains(scheme) else {
            throw .invalidURL(reason: "its scheme is not one of \(schemes.sorted().joined(separator: ", "))")
        }
        guard let host = part(CURLUPART_HOST), !host.isEmpty else { throw .invalidURL(reason: "it names no host") }
        self.scheme = scheme
        self.host = host
        port = part(CURLUPART_PORT).flatMap(Int.init) ?? 1080  // libcurl's own for SOCKS, the one scheme without
        hasUserInfo = part(CURLUPART_USER) != nil || part(CURLUPART_PASSWORD) != nil
        if let newHost {
            guard curl_url_set(parts, CURLUPART_HOST, newHost, 0) == CURLUE_OK, let replaced = part(CURLUPART_URL)
            else {
                throw .invalidURL(reason: "the TLS server name is not a host name")
            }
            text = replaced
        } else {
            text = url
        }
    }
}

/// The number in a message such as `…: error:0A000418:SSL routines::…`; libcurl passes it on in no other way.
func opensslError(in message: String) -> UInt32 {
    let marker = "error:"
    guard let start = message.utf8.firstRange(of: marker.utf8)?.upperBound else { return 0 }
    return UInt32(message[start...].prefix { $0.isHexDigit }, radix: 16) ?? 0
}
