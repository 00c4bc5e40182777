import COpenSSL

/// OpenSSL's queue of errors, one for each thread. Every call of ours leaves it empty, so that no later call, ours or
/// libcurl's, reports an error that belongs to an earlier one.
enum ErrorQueue {
    static func clear() {
        ERR_clear_error()
    }

    /// Empties the queue. What it held, oldest (the cause) first, without repetitions: "bad decrypt (…); …".
    static func drain() -> String {
        var reasons: [String] = []
        var data: UnsafePointer<CChar>?
        var flags: Int32 = 0
        while true {
            let code = ERR_get_error_all(nil, nil, nil, &data, &flags)
            guard code != 0 else { break }
            var reason = ERR_reason_error_string(code).map { String(cString: $0) } ?? "error \(code)"
            if flags & ERR_TXT_STRING != 0, let data {
                let text = String(cString: data)
                if !text.isEmpty { reason += " (\(text))" }
            }
            if !reasons.contains(reason) { reasons.append(reason) }
        }
        return reasons.isEmpty ? "no reason given" : reasons.joined(separator: "; ")
    }
}

/// Most of OpenSSL's functions return 1 for success.
func check(_ status: Int32, _ operation: @autoclosure () -> String) throws(CryptographyError) {
    guard status == 1 else { throw .failed(operation(), reason: ErrorQueue.drain()) }
}

/// The others return an object, or null.
func check<Pointer>(_ pointer: Pointer?, _ operation: @autoclosure () -> String) throws(CryptographyError) -> Pointer {
    guard let pointer else { throw .failed(operation(), reason: ErrorQueue.drain()) }
    return pointer
}
