package import HTTP

extension EtcdClient {
    /// Limits for a snapshot: any size, but no stall. The member keeps a read transaction open all the while, so a slow
    /// consumer makes its database grow: `total` bounds that.
    package static func snapshotDeadlines(total: Duration? = nil) -> Deadlines {
        var deadlines = Deadlines.transfer
        deadlines.total = total
        // The member writes out what is pending first.
        deadlines.response = .seconds(60)
        return deadlines
    }

    /// Takes a snapshot of one member, the first endpoint's that begins one: the state which that member has applied, with
    /// or without quorum. Nothing is started again once the stream has begun. Leaving `receive` early ends the transfer.
    ///
    /// `checksDigest` false leaves it to a reader who digests all of it in any case to compare: see `SnapshotStream`.
    package func withSnapshot<Result>(
        deadlines: Deadlines = snapshotDeadlines(), checksDigest: Bool = true,
        isolation: isolated (any Actor)? = #isolation,
        _ receive: (SnapshotStream) async throws -> Result
    ) async throws -> Result {
        // A failure within `receive` is its own, also when it is another call's.
        let outcome: Swift.Result<Result, any Error> = try await atAnyEndpoint(.snapshot) { endpoint in
            try await authorized(.snapshot, at: endpoint) { call in
                try await call.stream(.bytes(FrameBuffer.frame([])), deadlines: deadlines) { body in
                    let stream = try await SnapshotStream(body, of: call, checksDigest: checksDigest)
                    do { return .success(try await receive(stream)) } catch { return .failure(error) }
                }
            }
        }
        return try outcome.get()
    }
}
