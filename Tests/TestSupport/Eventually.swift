/// What `look` returns once it is not nil. For whatever follows something else and is not there the moment that the other is,
/// as Events follow a status. An error of `look` ends the wait; `details` are for those who look for what went wrong.
@discardableResult
package func eventually<Value>(
    _ what: String, within limit: Duration = .seconds(120), every pause: Duration = .milliseconds(100),
    _ look: () async throws -> Value?, details: () async throws -> String = { "" }
) async throws -> Value {
    let end = ContinuousClock.now + limit
    while true {
        // Asked once more when time is up: a machine may have been busy with everything but this.
        let isOver = ContinuousClock.now >= end
        if let value = try await look() { return value }
        if isOver { throw MissingPart("no \(what) within \(limit)\(try await details())") }
        try await Task.sleep(for: pause)
    }
}
