import Glibc
import Testing

/// Runs `body` as somebody whom permissions bind, which they do not bind root. Only this thread, so `body` does not suspend.
func asNobody<Result>(_ body: () throws -> Result) throws -> Result {
    guard geteuid() == 0 else { return try body() }
    // Glibc's module leaves it out.
    let symbol = try #require(dlsym(nil, "setfsuid"))
    let setUser = unsafeBitCast(symbol, to: (@convention(c) (uid_t) -> CInt).self)
    _ = setUser(65534)
    defer { _ = setUser(0) }
    return try body()
}
